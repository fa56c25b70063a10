/**
 * What the hosted pages say, in English. This file is the source of the type `Words`: another language is one more
 * file that holds the same texts, and the compiler names those that it lacks.
 *
 * Texts are plain text, never markup. One with a parameter is a function that returns the whole sentence, so that a
 * language can put the parameter where its grammar wants it; a view marks the parameter up (`within`).
 *
 * What the flows refuse comes in Cognito's own words, which are English: `refusals` has them in other languages.
 */
export const english = {
  /** As `<html lang>` has it (BCP 47). */
  language: 'en',

  /** What surrounds every page. */
  frame: {
    /** The browser's title of a page on which something was refused. */
    refusedTitle: (title: string) => `Error: ${title}`,
    userPool: 'User pool',
    emulated: (pool: string) => `emulated user pool ${pool}`,
    notForProduction: 'not for production',
  },

  /** What several pages have. */
  common: {
    or: 'or',
    continue: 'Continue',
    back: 'Back',
    required: 'required',
    showPassword: 'Show password',
    username: 'Username',
    /** The label of the username where the pool takes e-mail addresses for it. */
    email: 'Email',
    phoneNumber: 'Phone number',
    emailOrPhoneNumber: 'Email or phone number',
    password: 'Password',
    code: 'Code',
    yes: 'Yes',
    no: 'No',
    country: 'Country code',
    signInAnotherWay: 'Sign in another way',
    /** Beside a page that waits for a code: Rockpool delivers no mail. */
    nothingLeaves: (link: string) => `Nothing leaves this machine: ${link}`,
    readTheMessage: 'read the message',
  },

  /** `/login`. */
  signIn: {
    title: (app: string) => `Sign in to ${app}`,
    /** Below the title, where the user name is asked alone. */
    lead: 'Sign in to your account.',
    /** @param username what the user name is, in small letters */
    withPassword: (username: string) => `Sign in with your ${username} and password`,
    enterPassword: 'Enter your password',
    submit: 'Sign in',
    next: 'Next',
    withPasskey: 'Sign in with a passkey',
    forgotPassword: 'Forgot your password?',
    /** The link stands for a sentence of its own: `Need an account? Sign up`. */
    needAccount: (link: string) => `Need an account? ${link}`,
    signUp: 'Sign up',
    corporateId: 'Sign in with your corporate ID',
    socialAccount: 'Sign in with your social account',
    wePostNothing: "We won't post to any of your accounts without asking first",
    continueWith: (provider: string) => `Continue with ${provider}`,
    continueAt: (provider: string) => `You continue at ${provider}`,
    provider: 'Identity provider',
    workEmail: 'Work e-mail or domain',
    noWayIn: 'This app offers no way to sign in.',
    /** Where somebody is signed in already. */
    signInAs: (username: string) => `Sign in as ${username}`,
    asSomebodyElse: 'Sign in as a different user?',
  },

  /** `/signup`. */
  signUp: {
    title: 'Sign up with a new account',
    lead: (app: string) => `Create an account to go on to ${app}.`,
    submit: 'Sign up',
    haveAccount: (link: string) => `Already have an account? ${link}`,
    signIn: 'Sign in',
    terms: (termsOfUse: string, privacyPolicy: string) =>
      `By signing up, you agree to our ${termsOfUse} and ${privacyPolicy}.`,
    termsOfUse: 'Terms of use',
    privacyPolicy: 'Privacy policy',
  },

  /** `/confirm`, and `/confirmUser`, which a link in a mail opens. */
  confirm: {
    title: 'Confirm your account',
    sentByMail: (destination: string) =>
      `We have sent a code by email to ${destination}. Enter it below to confirm your account.`,
    sentByText: (destination: string) =>
      `We have sent a code by sms to ${destination}. Enter it below to confirm your account.`,
    code: 'Verification code',
    submit: 'Confirm account',
    noCode: (link: string) => `Didn't receive a code? ${link}`,
    resend: 'Resend it',
    resent: 'We have sent you another code.',
    confirmed: 'Your account is confirmed',
    confirmedLead: 'You can close this page, and sign in at the app.',
  },

  /** `/forgotPassword`. */
  forgotPassword: {
    title: 'Forgot your password?',
    /** @param username the label of the field for the username */
    lead: (username: string) =>
      `Enter your ${username} below and we will send a message to reset your password`,
    submit: 'Reset my password',
  },

  /** `/confirmForgotPassword`. */
  resetPassword: {
    title: 'Choose a new password',
    sentByMail: (destination: string) =>
      `We have sent a password reset code by email to ${destination}. Enter it below to reset your password.`,
    sentByText: (destination: string) =>
      `We have sent a password reset code by sms to ${destination}. Enter it below to reset your password.`,
    submit: 'Change password',
    done: 'Your password is changed. Sign in with the new one.',
  },

  /** `/changePassword`. */
  newPassword: {
    title: 'Choose a new password',
    lead: (app: string) => `Your password was temporary. Choose your own to go on to ${app}.`,
    newPassword: 'New password',
    again: 'New password again',
    submit: 'Set password and sign in',
  },

  /** The rules of a pool for passwords, wherever a password is chosen. */
  passwordRules: {
    title: 'Your password needs:',
    length: (characters: number) => `Password must contain at least ${characters} characters`,
    uppercase: 'Password must contain an upper case letter',
    lowercase: 'Password must contain a lower case letter',
    numeric: 'Password must contain a number',
    symbol: 'Password must contain a special character or a space',
    /** Before a rule, for screen readers. */
    met: 'Met:',
    broken: 'Still missing:',
    same: 'Password match',
    differ: 'Password does not match',
  },

  /** The user attributes that a page may ask for; others are called by their name. */
  attributes: {
    name: 'Full name',
    given_name: 'Given name',
    family_name: 'Family name',
    middle_name: 'Middle name',
    nickname: 'Nickname',
    preferred_username: 'Preferred username',
    email: 'E-mail address',
    phone_number: 'Phone number',
    birthdate: 'Date of birth',
    gender: 'Gender',
    address: 'Address',
    website: 'Website',
    picture: 'Address of a picture',
    profile: 'Address of a profile page',
    locale: 'Language',
    zoneinfo: 'Time zone',
    updated_at: 'Updated at',
  },

  /** Codes by which a user proves an address: a second factor, or a first one. */
  code: {
    title: 'Enter your code',
    sentByMail: (destination: string, app: string) =>
      `We sent it by mail to ${destination}. Enter it to go on to ${app}.`,
    sentByText: (destination: string, app: string) =>
      `We sent it by text message to ${destination}. Enter it to go on to ${app}.`,
    fromApp: (app: string) => `Open the authenticator app, and enter the code it shows to go on to ${app}.`,
    fromAppOn: (device: string, app: string) =>
      `Open the authenticator app on ${device}, and enter the code it shows to go on to ${app}.`,
    codeOfApp: 'Code of the app',
    remember: 'Remember this device',
    another: 'Send another code',
  },

  /** The choice between ways to prove who one is. */
  choice: {
    title: 'Choose how to confirm it is you',
    lead: (app: string) => `One more step to go on to ${app}.`,
    SMS_MFA: 'Send me a text message',
    EMAIL_OTP: 'Send me a mail',
    SOFTWARE_TOKEN_MFA: 'Use my authenticator app',
    SMS_OTP: 'Send me a text message',
    PASSWORD: 'Use my password',
    WEB_AUTHN: 'Use my passkey',
  },

  /** Setting a second factor up. */
  setUp: {
    title: 'Set up a second step',
    lead: (app: string) => `This pool asks for more than a password. Set it up once to go on to ${app}.`,
    choose: 'Choose a multi-factor authentication (MFA) method',
    methods: {
      SMS_MFA: 'SMS',
      EMAIL_OTP: 'Email',
      SOFTWARE_TOKEN_MFA: 'Authenticator app',
    },
    withApp: 'With an authenticator app',
    scan: 'Scan this picture with the app, or enter the key by hand. Then enter the code that the app shows.',
    picture: 'The key below, as a QR code',
    key: 'Key:',
    showKey: 'Show secret key',
    deviceName: 'A name for the device (optional)',
    withMail: 'With codes by mail',
    withText: 'With codes by text message',
    sendCode: 'Send a code',
    needsPhone: 'Ask your administrator to add a phone number to your account.',
  },

  /** Using a passkey, and adding one. */
  passkey: {
    use: {
      title: 'Use your passkey',
      lead: (app: string) =>
        `Your browser asks for your fingerprint, face, PIN or security key to go on to ${app}.`,
      submit: 'Use passkey',
      otherwise: 'Sign in another way',
    },
    add: {
      title: 'Add a passkey',
      lead: (app: string) =>
        `Next time you sign in with your fingerprint, face, PIN or security key. Add a passkey, then go back to ${app}.`,
      submit: 'Add passkey',
      otherwise: 'Not now',
    },
    needsScript: 'Passkeys need JavaScript, which is off in this browser.',
    /** What the browser refuses: the names of its exceptions, and what the user reads. */
    trouble: {
      NotAllowedError: 'No passkey was used. Try again when you are ready.',
      InvalidStateError: 'This device already has a passkey for your account.',
      SecurityError: 'The browser does not allow passkeys of this pool on this page.',
      /** The browser's own message follows. */
      other: 'This browser cannot use passkeys here:',
    },
  },

  /** On the way to another provider that wants to be sent a form. */
  leave: {
    title: (provider: string) => `Continue at ${provider}`,
    lead: 'Your browser goes there by itself. If it does not, continue here.',
  },

  /** `/logout`, where the app names no page of its own to go to. */
  signOut: {
    title: 'You are signed out',
    lead: 'You can close this page, or go back to the app.',
    signInAgain: 'Sign in again',
  },

  /** What the flows refuse, in Cognito's words. Those that are not here are shown as they are. */
  refusals: {
    wrongPassword: 'Incorrect username or password.',
    unknownUser: 'User does not exist.',
    disabled: 'User is disabled.',
    passwordAttempts: 'Password attempts exceeded',
    codeAttempts: 'Code attempts exceeded',
    attemptLimit: 'Attempt limit exceeded, please try after some time.',
    wrongCode: 'Invalid verification code provided, please try again.',
    oldCode: 'Invalid code provided, please request a code again.',
    wrongFactorCode: 'Invalid code or auth state for the user.',
    usedCode: 'Your software token has already been used once.',
    sessionOver: 'Invalid session for the user, session is expired.',
    userExists: 'User already exists',
    addressTaken: 'An account with the given email already exists.',
    passwordPolicy: 'Password did not conform with policy',
    passwordsDiffer: 'The passwords do not match.',
    temporaryExpired: 'Temporary password has expired and must be reset by an administrator.',
    resetRequired: 'Password reset required for the user',
    noRecovery: 'Cannot reset password for the user as there is no registered/verified email or phone_number',
    noSuchOption: 'Login option is not available. Please try another one',
    pageExpired: 'The page has expired. Please go back and try again.',
    noSignUp: 'SignUp is not permitted for this user pool',
    nothingToVerify: 'Auto verification not turned on.',
    nameForPasskey: 'Enter your username, then choose your passkey.',
    notConfirmed: 'User is not confirmed.',
    alreadyConfirmed: 'User is already confirmed.',
    passwordUsedBefore: 'Password has previously been used',
    passwordKnown: 'Provided password cannot be used for security reasons.',
    notForSecurity: 'Unable to login because of security reasons.',
    cannotReset: 'User password cannot be reset in the current state.',
    noFactor: 'No multi-factor authentication method is available.',
    usernameIsAddress: 'Username cannot be of email format, since user pool is configured for email alias.',
    emailForm: 'Invalid email address format.',
    phoneForm: 'Invalid phone number format.',
    fillIn: 'Please fill in what is required.',
    signInForPasskey: 'Sign in first, then add a passkey.',
    passkeyRefused: 'The WebAuthn credential is not supported.',
    passkeysOff: 'WebAuthn is not enabled for this user pool.',
    somethingWrong: 'Something went wrong',
  },

  /** What cannot be told to the app. */
  error: {
    title: 'An error was encountered with the requested page.',
    unavailable: 'Login pages unavailable',
    /** What only Rockpool tells, for the developer. */
    why: 'Why',
    onlyRockpool: '(only Rockpool tells you)',
    whatHappened: 'What happened',
    howToMend: 'How to mend it',
    everyStep: 'See every step of this sign-in',
    inSeed: (place: string) => `In the seed, below ${place}:`,
    copy: 'Copy',
    copied: 'Copied',
  },
}

/** The texts of one language. */
export type Words = typeof english
