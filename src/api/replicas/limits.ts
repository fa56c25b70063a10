import {
  type ProvisionedLimit,
  provisionedLimitOf,
  setProvisionedLimit,
} from '../../flows/administration/provisioned-limits.js'
import { type InputOf, operation } from '../operations.js'

type Definition = InputOf<'GetProvisionedLimit'>['LimitDefinition']

const limitType = (definition: Definition, { value, free }: ProvisionedLimit) => ({
  Limit: { LimitDefinition: definition, ProvisionedLimitValue: value, FreeLimitValue: free },
})

export const GetProvisionedLimit = operation(
  'GetProvisionedLimit',
  async ({ service, region = '' }, { LimitDefinition }) =>
    limitType(LimitDefinition, await provisionedLimitOf(service, region, LimitDefinition.Attributes)),
)

export const UpdateProvisionedLimit = operation(
  'UpdateProvisionedLimit',
  async ({ service, region = '' }, { LimitDefinition, RequestedLimitValue }) =>
    limitType(
      LimitDefinition,
      await setProvisionedLimit(service, region, LimitDefinition.Attributes, RequestedLimitValue),
    ),
)
