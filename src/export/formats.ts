/** What pools can be written as. */
export const exportFormats = ['seed', 'cloudformation', 'terraform', 'cli', 'sdk'] as const
export type ExportFormat = (typeof exportFormats)[number]
