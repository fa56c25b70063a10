import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

t.test('users', async t => {
  const { sdk, UserPoolId, rockpool } = await anApi(t, {
    UsernameConfiguration: { CaseSensitive: false },
    AliasAttributes: ['email'],
    Schema: [{ Name: 'fixed', AttributeDataType: 'String', Mutable: false }],
  })
  const send = sdk.send.bind(sdk)
  const create = (
    Username: string,
    attributes: Record<string, string> = {},
    more: Partial<cognito.AdminCreateUserCommandInput> = {},
  ) =>
    send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
        ...more,
      }),
    )
  const user = async (Username: string) => {
    const { UserAttributes = [], ...rest } = await send(
      new cognito.AdminGetUserCommand({ UserPoolId, Username }),
    )
    return {
      ...rest,
      attributes: Object.fromEntries(UserAttributes.map(({ Name = '', Value }) => [Name, Value])),
    }
  }
  const { User } = await create('alice', { email: 'alice@reef.example', email_verified: 'True' })
  t.match(
    User,
    {
      Username: 'alice',
      Enabled: true,
      UserStatus: 'FORCE_CHANGE_PASSWORD',
      Attributes: [{ Name: 'sub', Value: /^[0-9a-f-]{36}$/ }],
    },
    'U58',
  )
  const alice = await user('ALICE')
  t.match(alice.attributes, { email: 'alice@reef.example', email_verified: 'true' }, 'U71')
  t.notOk('UserMFASettingList' in alice || 'PreferredMfaSetting' in alice, 'U61')
  t.equal((await user(alice.attributes.sub ?? '')).Username, 'alice', 'by sub')
  t.equal((await user('alice@reef.example')).Username, 'alice', 'by alias')

  const { messages } = (await (
    await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=alice`)
  ).json()) as {
    messages: Record<string, string>[]
  }
  t.match(messages, [
    {
      medium: 'EMAIL',
      to: 'alice@reef.example',
      purpose: 'invitation',
      body: /^Your username is alice and temporary password is \S{8,}\. $/,
    },
  ])

  const refusals: [() => Promise<unknown>, string, string | RegExp, string][] = [
    [() => create('alice'), 'UsernameExistsException', 'User account already exists', 'U59'],
    [() => user('nobody'), 'UserNotFoundException', 'User does not exist.', 'U60'],
    [
      () => create('alice', {}, { MessageAction: 'RESEND', TemporaryPassword: 'short' }),
      'InvalidPasswordException',
      'Password does not conform to policy: Password not long enough',
      'policy',
    ],
    [
      () => create('nobody', {}, { MessageAction: 'RESEND' }),
      'UserNotFoundException',
      'User does not exist.',
      'U69',
    ],
    [
      () => create('a@b.example'),
      IPE,
      'Username cannot be of email format, since user pool is configured for email alias.',
      'U12 for administrators',
    ],
    [
      () => create('bob', { email: 'alice@reef.example', email_verified: 'true' }),
      'AliasExistsException',
      'An account with the given email already exists.',
      'alias',
    ],
    [
      () => create('bob', { 'custom:nope': 'x' }),
      IPE,
      'Attributes did not conform to the schema: custom:nope: Attribute does not exist in the schema.\n',
      'U8 for administrators',
    ],
    [() => create('bob', { email: 'nonsense' }), IPE, 'Invalid email address format.', 'U14'],
    [() => create('bob', { phone_number: '0170' }), IPE, 'Invalid phone number format.', 'U14'],
    [
      () => create('bob', { email_verified: 'true' }),
      IPE,
      'Email is required to verify/un-verify an email',
      'flag',
    ],
  ]
  for (const [ask, name, message, what] of refusals) t.match(await refusal(ask()), [name, message], what)

  await create('carol', { 'custom:fixed': 'once', email: 'carol@reef.example', name: 'Carol' })
  const update = (attributes: Record<string, string>) =>
    send(
      new cognito.AdminUpdateUserAttributesCommand({
        UserPoolId,
        Username: 'carol',
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    )
  t.strictSame(
    await refusal(update({ 'custom:fixed': 'twice' })),
    [IPE, 'user.custom:fixed: Attribute cannot be updated.\n'],
    'U70',
  )
  t.match(await refusal(update({ 'custom:foo': 'x' })), [
    IPE,
    'Invalid user attributes: user.custom:foo: Attribute does not exist in the schema.\n',
  ])
  await update({ email_verified: 'true' })
  await update({ email: 'carol@new.example', name: '' })
  t.match((await user('carol')).attributes, {
    email: 'carol@new.example',
    email_verified: 'false',
    name: undefined,
  })
  await send(
    new cognito.AdminDeleteUserAttributesCommand({
      UserPoolId,
      Username: 'carol',
      UserAttributeNames: ['email_verified'],
    }),
  )
  t.notOk('email_verified' in (await user('carol')).attributes)

  await send(
    new cognito.AdminSetUserPasswordCommand({
      UserPoolId,
      Username: 'carol',
      Password: 'Otter-3-Carol!',
      Permanent: true,
    }),
  )
  t.equal((await user('carol')).UserStatus, 'CONFIRMED', 'U67')
  t.match(
    await refusal(send(new cognito.AdminResetUserPasswordCommand({ UserPoolId, Username: 'alice' }))),
    ['NotAuthorizedException', 'User password cannot be reset in the current state.'],
    'U68',
  )
  t.match(
    await refusal(send(new cognito.AdminResetUserPasswordCommand({ UserPoolId, Username: 'carol' }))),
    [IPE, 'Cannot reset password for the user as there is no registered/verified email or phone_number'],
    'U75 for administrators',
  )
  await update({ email_verified: 'true' })
  await send(new cognito.AdminResetUserPasswordCommand({ UserPoolId, Username: 'carol' }))
  t.equal((await user('carol')).UserStatus, 'RESET_REQUIRED')
  t.match(
    await refusal(send(new cognito.AdminConfirmSignUpCommand({ UserPoolId, Username: 'carol' }))),
    ['NotAuthorizedException', 'User cannot be confirmed. Current status is RESET_REQUIRED'],
    'U17 for administrators',
  )
  await send(new cognito.AdminDisableUserCommand({ UserPoolId, Username: 'carol' }))
  t.equal((await user('carol')).Enabled, false)
  await send(new cognito.AdminEnableUserCommand({ UserPoolId, Username: 'carol' }))
  t.match(await send(new cognito.AdminGetUserAuthFactorsCommand({ UserPoolId, Username: 'carol' })), {
    ConfiguredUserAuthFactors: ['PASSWORD'],
  })

  await t.test('groups', async t => {
    const group = { UserPoolId, GroupName: 'divers' }
    await send(new cognito.CreateGroupCommand({ ...group, Precedence: 3 }))
    t.strictSame(
      await refusal(send(new cognito.CreateGroupCommand(group))),
      ['GroupExistsException', 'A group with the name already exists.'],
      'U98',
    )
    t.strictSame(
      await refusal(send(new cognito.GetGroupCommand({ ...group, GroupName: 'x' }))),
      [RNF, 'Group not found.'],
      'U98',
    )
    for (let twice = 0; twice < 2; twice++)
      await send(new cognito.AdminAddUserToGroupCommand({ ...group, Username: 'carol' }))
    t.match(
      await send(new cognito.AdminListGroupsForUserCommand({ UserPoolId, Username: 'carol' })),
      { Groups: [{ GroupName: 'divers', Precedence: 3 }] },
      'U99',
    )
    t.match(await send(new cognito.ListUsersInGroupCommand(group)), { Users: [{ Username: 'carol' }] })
    await send(new cognito.UpdateGroupCommand({ ...group, Description: 'deep' }))
    t.match(await send(new cognito.GetGroupCommand(group)), { Group: { Description: 'deep', Precedence: 3 } })
    await send(new cognito.AdminRemoveUserFromGroupCommand({ ...group, Username: 'carol' }))
    t.strictSame((await send(new cognito.ListUsersInGroupCommand(group))).Users, [])
    await send(new cognito.DeleteGroupCommand(group))
    t.strictSame((await send(new cognito.ListGroupsCommand({ UserPoolId }))).Groups, [])
  })

  await t.test('ListUsers', async t => {
    for (let index = 0; index < 5; index++)
      await create(
        `u${index}`,
        { given_name: `Given${index % 2}`, email: `u${index}@reef.example` },
        { MessageAction: 'SUPPRESS' },
      )
    const list = async (Filter: string, more: Partial<cognito.ListUsersCommandInput> = {}) =>
      ((await send(new cognito.ListUsersCommand({ UserPoolId, Filter, ...more }))).Users ?? []).map(
        ({ Username = '' }) => Username,
      )
    t.strictSame(await list('email ^= "u"'), ['u0', 'u1', 'u2', 'u3', 'u4'], 'U100')
    t.strictSame(await list('"email"="u3@REEF.example"'), ['u3'])
    t.strictSame(await list('given_name = "given1"'), ['u1', 'u3'])
    t.strictSame(await list('username = "u2"'), ['u2'])
    t.strictSame(await list('status = "Disabled"'), [])
    t.strictSame(await list('cognito:user_status = "RESET_REQUIRED"'), ['carol'])
    t.strictSame(
      await refusal(list('custom:foo = "x"')),
      [IPE, 'Invalid search attribute: custom:foo'],
      'U100',
    )
    t.strictSame(await refusal(list('email')), [IPE, 'Error while parsing filter'], 'U100')
    t.strictSame(
      await refusal(list('', { AttributesToGet: ['nope'] })),
      [IPE, 'One or more requested attributes do not exist.'],
      'U101',
    )
    for (const [filter, names] of [
      ['username ^= "u"', ['u0', 'u1', 'u2', 'u3', 'u4']],
      ['username ^= "u4"', ['u4']],
      ['username ^= "U"', []],
      ['given_name ^= "GIVEN"', ['u0', 'u2', 'u4', 'u1', 'u3']],
      ['email ^= "u3@"', ['u3']],
      ['email ^= "%"', []],
      ['status ^= "Ena"', ['alice', 'carol', 'u0', 'u1', 'u2', 'u3', 'u4']],
      ['status = "enabled"', []],
      ['cognito:user_status ^= "force"', ['u0', 'u1', 'u2', 'u3', 'u4']],
    ] as const) {
      const paged: string[] = []
      let PaginationToken: string | undefined
      do {
        const page = await send(
          new cognito.ListUsersCommand({ UserPoolId, Filter: filter, Limit: 2, PaginationToken }),
        )
        paged.push(...(page.Users ?? []).map(({ Username = '' }) => Username))
        PaginationToken = page.PaginationToken
      } while (PaginationToken !== undefined)
      t.strictSame(
        paged.filter(name => names.some(wanted => wanted === name)),
        names,
        `${filter}, by two`,
      )
      t.strictSame(await list(filter), paged, filter)
    }
    const [{ sub = '' } = {}] = (
      (await send(new cognito.ListUsersCommand({ UserPoolId, Filter: 'username = "u1"' }))).Users ?? []
    ).map(({ Attributes = [] }) => ({ sub: Attributes.find(({ Name }) => Name === 'sub')?.Value }))
    t.strictSame(await list(`sub ^= "${sub.slice(0, 13)}"`), ['u1'])
    const first = await send(new cognito.ListUsersCommand({ UserPoolId, Limit: 3 }))
    t.equal(first.Users?.length, 3)
    const rest = await send(
      new cognito.ListUsersCommand({ UserPoolId, Limit: 3, PaginationToken: first.PaginationToken }),
    )
    t.strictSame(
      [...(first.Users ?? []), ...(rest.Users ?? [])].map(({ Username }) => Username),
      ['alice', 'carol', 'u0', 'u1', 'u2', 'u3'],
    )
    t.strictSame(
      await refusal(
        send(
          new cognito.ListUsersCommand({
            UserPoolId,
            Filter: 'email ^= "u"',
            PaginationToken: first.PaginationToken,
          }),
        ),
      ),
      [IPE, 'Paging Marker is Invalid for Request'],
      'a token is bound to its request',
    )
    t.match(await refusal(send(new cognito.ListUsersCommand({ UserPoolId, PaginationToken: 'made-up' }))), [
      IPE,
    ])
  })

  await send(new cognito.AdminDeleteUserCommand({ UserPoolId, Username: 'carol' }))
  t.match(await refusal(user('carol')), ['UserNotFoundException'])
})
