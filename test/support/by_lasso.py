"""SAML by Lasso (Debian: python3-lasso): what it is told comes as JSON, and so does its answer."""

import json
import sys

import lasso


def server(given):
    """One of both sides, with what it knows of the other."""
    made = lasso.Server.newFromBuffers(given["own"], given["key"], None, given["certificate"])
    made.signatureMethod = lasso.SIGNATURE_METHOD_RSA_SHA256
    made.addProviderFromBuffer(given["role"], given["other"], None, None)
    return made


def attribute(name, values):
    made = lasso.Saml2Attribute()
    made.name = name
    made.nameFormat = lasso.SAML2_ATTRIBUTE_NAME_FORMAT_BASIC
    made.attributeValue = []
    for value in values:
        text = lasso.MiscTextNode.newWithString(value)
        text.textChild = True
        wrapped = lasso.Saml2AttributeValue()
        wrapped.any = [text]
        made.attributeValue = list(made.attributeValue) + [wrapped]
    return made


def answer(given):
    """As an identity provider: verifies a request, and vouches for a user."""
    login = lasso.Login(server({**given, "role": lasso.PROVIDER_ROLE_SP}))
    login.processAuthnRequestMsg(given["query"])
    login.validateRequestMsg(True, True)
    login.buildAssertion(
        lasso.SAML2_AUTHN_CONTEXT_PASSWORD, None, None, given["notBefore"], given["notOnOrAfter"]
    )
    assertion = login.assertion
    assertion.subject.nameId.content = given["nameId"]
    assertion.subject.nameId.format = lasso.SAML2_NAME_IDENTIFIER_FORMAT_PERSISTENT
    statement = lasso.Saml2AttributeStatement()
    statement.attribute = [attribute(name, values) for name, values in given["attributes"].items()]
    assertion.attributeStatement = [statement]
    login.buildAuthnResponseMsg()
    return {
        "to": login.msgUrl,
        "fields": {"SAMLResponse": login.msgBody, "RelayState": login.msgRelayState},
        "issuer": login.remoteProviderId,
    }


def log_out(given):
    """As an identity provider: verifies a request to log out, and answers it."""
    logout = lasso.Logout(server({**given, "role": lasso.PROVIDER_ROLE_SP}))
    logout.processRequestMsg(given["query"])
    return {"nameId": logout.nameIdentifier.content, "issuer": logout.remoteProviderId}


def ask(given):
    """As a service provider: the address that a request leads to, and the state to go on with."""
    login = lasso.Login(server({**given, "role": lasso.PROVIDER_ROLE_IDP}))
    login.initAuthnRequest(None, lasso.HTTP_METHOD_REDIRECT)
    login.request.protocolBinding = lasso.SAML2_METADATA_BINDING_POST
    login.request.assertionConsumerServiceUrl = given["acs"]
    login.msgRelayState = given["relayState"]
    login.buildAuthnRequestMsg()
    return {"url": login.msgUrl, "state": login.dump()}


def accept(given):
    """As a service provider: takes a response, or says why not."""
    login = lasso.Login.newFromDump(server({**given, "role": lasso.PROVIDER_ROLE_IDP}), given["state"])
    try:
        login.processAuthnResponseMsg(given["response"])
        login.acceptSso()
    except lasso.Error as error:
        return {"refused": str(error)}
    attributes = {
        one.name: [text.content for value in one.attributeValue for text in value.any]
        for statement in login.assertion.attributeStatement
        for one in statement.attribute
    }
    return {"nameId": login.nameIdentifier.content, "attributes": attributes}


acts = {"answer": answer, "log_out": log_out, "ask": ask, "accept": accept}
given = json.load(sys.stdin)
json.dump(acts[given["act"]](given), sys.stdout)
