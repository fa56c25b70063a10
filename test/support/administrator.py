"""What an administrator's script does with boto3, against the endpoint that is named; prints what it saw as JSON."""

import base64
import json
import sys

import boto3
from botocore.exceptions import ClientError

cognito = boto3.client("cognito-idp", endpoint_url=sys.argv[1], region_name="us-east-1")


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "it succeeded"


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


pool = cognito.create_user_pool(PoolName="customers")["UserPool"]["Id"]
client = cognito.create_user_pool_client(
    UserPoolId=pool,
    ClientName="script",
    GenerateSecret=False,
    ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
)["UserPoolClient"]["ClientId"]
for number in range(5):
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=f"user-{number}",
        TemporaryPassword="Welcome-2-Rockpool!",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": f"user-{number}@example.com"}],
    )
cognito.create_group(UserPoolId=pool, GroupName="divers")
cognito.admin_add_user_to_group(UserPoolId=pool, Username="user-0", GroupName="divers")


def sign_in(password):
    return cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "user-0", "PASSWORD": password},
    )


challenge = sign_in("Welcome-2-Rockpool!")
cognito.admin_respond_to_auth_challenge(
    UserPoolId=pool,
    ClientId=client,
    ChallengeName=challenge["ChallengeName"],
    Session=challenge["Session"],
    ChallengeResponses={"USERNAME": "user-0", "NEW_PASSWORD": "Difference-1-Engine!"},
)
cognito.admin_set_user_password(UserPoolId=pool, Username="user-0", Password="Kingfisher-7-Jane!", Permanent=True)
claims = claims_of(sign_in("Kingfisher-7-Jane!")["AuthenticationResult"]["AccessToken"])
pages = cognito.get_paginator("list_users").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 2})
groups = cognito.admin_list_groups_for_user(UserPoolId=pool, Username="user-0")["Groups"]
password = {"UserPoolId": pool, "Username": "user-0", "Permanent": True}

print(
    json.dumps(
        {
            "challenge": challenge["ChallengeName"],
            "users": [user["Username"] for page in pages for user in page["Users"]],
            "groups": [group["GroupName"] for group in groups],
            "status": cognito.admin_get_user(UserPoolId=pool, Username="user-0")["UserStatus"],
            "claims": {"username": claims["username"], "groups": claims["cognito:groups"]},
            "codes": [
                code_of(cognito.admin_get_user, UserPoolId=pool, Username="nobody"),
                code_of(sign_in, password="wrong"),
                code_of(cognito.admin_set_user_password, Password="short", **password),
            ],
        }
    )
)
