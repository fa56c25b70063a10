import { boolean, list, oneOf, required, string, structure } from '../../lib/shape.js'
import { arn, clientId, text, userPoolId } from './common.js'

/** Threat protection and logs. */

const accountTakeoverAction = structure({
  Notify: required(boolean()),
  EventAction: required(oneOf('BLOCK', 'MFA_IF_CONFIGURED', 'MFA_REQUIRED', 'NO_ACTION')),
})

const emailNotificationBody = string({ min: 6, max: 20000, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]+' })

const notifyEmail = structure({
  Subject: required(string({ min: 1, max: 140, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+' })),
  HtmlBody: emailNotificationBody,
  TextBody: emailNotificationBody,
})

export const describeRiskConfiguration = structure({
  UserPoolId: required(userPoolId),
  ClientId: clientId,
})

export const setRiskConfiguration = structure({
  UserPoolId: required(userPoolId),
  ClientId: clientId,
  CompromisedCredentialsRiskConfiguration: structure({
    EventFilter: list(oneOf('SIGN_IN', 'PASSWORD_CHANGE', 'SIGN_UP')),
    Actions: required(
      structure({
        EventAction: required(oneOf('BLOCK', 'NO_ACTION')),
      }),
    ),
  }),
  AccountTakeoverRiskConfiguration: structure({
    NotifyConfiguration: structure({
      From: text,
      ReplyTo: text,
      SourceArn: required(arn),
      BlockEmail: notifyEmail,
      NoActionEmail: notifyEmail,
      MfaEmail: notifyEmail,
    }),
    Actions: required(
      structure({
        LowAction: accountTakeoverAction,
        MediumAction: accountTakeoverAction,
        HighAction: accountTakeoverAction,
      }),
    ),
  }),
  RiskExceptionConfiguration: structure({
    BlockedIPRangeList: list(text, { max: 200 }),
    SkippedIPRangeList: list(text, { max: 200 }),
  }),
})

export const getLogDeliveryConfiguration = structure({
  UserPoolId: required(userPoolId),
})

export const setLogDeliveryConfiguration = structure({
  UserPoolId: required(userPoolId),
  LogConfigurations: required(
    list(
      structure({
        LogLevel: required(oneOf('ERROR', 'INFO')),
        EventSource: required(oneOf('userNotification', 'userAuthEvents')),
        CloudWatchLogsConfiguration: structure({
          LogGroupArn: arn,
        }),
        S3Configuration: structure({
          BucketArn: string({
            min: 3,
            max: 1024,
            pattern: 'arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:::[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?',
          }),
        }),
        FirehoseConfiguration: structure({
          StreamArn: arn,
        }),
      }),
      { min: 0, max: 2 },
    ),
  ),
})
