// SPDX-License-Identifier: Apache-2.0

/*
 * The vocabulary of names: which words say that a value is secret, and which say that it only is about one. Lower case,
 * separated by blanks.
 */

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** A word that ends like one of these is secret: `password`, and so `dbpassword`. */
export const SECRET_ENDINGS: readonly string[] = [
  ...set(`
    password passwd passphrase passcode passwords pwd secret token credential credentials privkey passkey
    apikey apisecret secretkey privatekey accesskey authkey encryptionkey signingkey masterkey accountkey sharedkey
    storagekey sshkey clientkey sessionkey licensekey deploykey hmackey jwtkey webhookkey rootkey serverkey
    jsessionid phpsessid
  `),
];

/** Of secrets, where a name is of several. */
export const PLURALS: readonly string[] = [
  ...['secrets', 'tokens', 'apikeys', 'accesskeys', 'privatekeys', 'secretkeys', 'passwords', 'credentials'],
];

/** Secret as whole words only: many harmless words end like them. */
export const SECRET_WORDS: ReadonlySet<string> = set('pw bindpw rootpw userpw adminpw psk');

/** End in `pass`, and have nothing to do with it. */
export const HARMLESS_PASSES: ReadonlySet<string> = set('bypass compass encompass overpass surpass trespass underpass');

/** Before `key`: of what the key is one that must not be seen. */
export const SECRET_KEY_OF: ReadonlySet<string> = set(`
  access account admin aes api app application auth bot cipher client consumer crypto decrypt decryption deploy deployment
  encrypt encryption function gossip gpg hmac ingest ingestion install integration jwk jwt license licence master pgp
  preshared private priv project recaptcha recovery root rsa seal secret server service session shared sign signed
  signing ssh ssl storage subscription tls unseal user webhook wireguard wrap wrapping
  anthropic aws azure datadog gcp github gitlab google mailgun newrelic openai sendgrid slack stripe twilio
`);

/** Before `auth`: of what it is the password, in any letters. */
export const AUTH_OF: ReadonlySet<string> = set('redis valkey keydb sentinel master');

/** At the end of names written in capitals, as variables are: in small letters they are parts of something. */
export const SECRET_VARIABLES: ReadonlySet<string> = set(
  'pat creds cred jwt bearer otp totp mnemonic fernet unseal basicauth cookie',
);

/** Before `key`, in names written in capitals, where otherwise every key counts as secret. */
export const HARMLESS_KEY_OF: ReadonlySet<string> = set(`
  public pub primary foreign sort partition cache routing hot group row object label topology map index dedup
  idempotency message record lock registry lookup unique composite natural config annotation env taint toleration
  translation locale metric series field column property attribute parent child node value search context resource
  host existing data file template any hash tree
`);

/** After a secret word: the name is of something about the secret. */
export const ABOUT_SECRETS: ReadonlySet<string> = set(`
  name names path paths file files filename dir directory id ids uri url urls endpoint endpoints ref refs reference
  type types kind length len size count limit max min ttl expiry expiration expires expired expire seconds minutes
  hours timeout duration interval period age policy policies enabled disabled required optional version versions
  algorithm alg algo digest fingerprint thumbprint checksum prefix suffix mount mounts volume volumes namespace header
  headers field fields format provider providers store stores issuer issuers audience audiences scope scopes role roles
  rotation manager controller class selector template status state reason error errors valid invalid present location
  usage usages request requests review reviews reviewer index pattern regex rule rules strength complexity attempts
  retries hint label labels annotation annotations number cert certs certificate ca lookup cache exists missing changed
  change created updated at time date projection generator engine backend driver username email lists list
`);

/** Below the name of a secret, beside those: what such an object says about it, and where it is. */
export const BELOW_SECRETS: ReadonlySet<string> = set(`
  key keys from source sources mode method encoding description comment title message phase condition conditions
  host port user region database schema operator resource group property metadata image images uid
`);

/** After a secret word other than a password's: a digest of a token can be shown, a hash of a password can be cracked. */
export const ABOUT_TOKENS: ReadonlySet<string> = set('hash hashes sha sha256 sum');

/** Before a secret word: the value is a number, a switch, a digest or the name of a Secret. */
export const ABOUT_SECRETS_BEFORE: ReadonlySet<string> = set(`
  max min num total is has use uses enable enabled disable disabled allow require requires existing automount pull skip
  per prompt completion cached checksum
`);
