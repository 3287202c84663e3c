/** What the page of a panel is made of: addresses that the webview may load. */
export interface PageParts {
  /** What a content security policy calls the files of this extension. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
}

/** The page of a panel. It holds nothing but the script and the style of the extension, and may load nothing else. */
export function panelPage({ source, script, style }: PageParts): string {
  const policy = `default-src 'none'; script-src ${source}; style-src ${source}; img-src ${source} data:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nibble results</title>
<link rel="stylesheet" href="${attribute(style)}">
<script defer src="${attribute(script)}"></script>
</head>
<body></body>
</html>
`;
}

/** Text as it stands between double quotes. Addresses hold the path of the extension, which may hold anything. */
const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
