import { html } from '../../lib/html.js'
import { consolePath } from '../console.js'
import { stylesheetPath } from '../frame/stylesheet.js'

/** What a browser finds at the base URL. It is open to every machine, and so it tells nothing. */
export const front = (): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rockpool</title>
<link rel="stylesheet" href="${stylesheetPath}">
</head>
<body class="front">
<main>
<h1>Rockpool</h1>
<p class="lead">Amazon Cognito user pools on your own machine. AWS SDKs, OpenID Connect clients and browsers find them at this address.</p>
<p class="actions"><a class="button" href="${consolePath}/">Open the console</a><a class="button quiet" href="${consolePath}/app">Try the built-in app</a></p>
</main>
</body>
</html>
`.toString()
