// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atOnce } from '../turns.ts';
import { type ConfigFormat, configFormatOf } from './config-format.ts';
import { scanConfig } from './scan-config.ts';
import { TextScanner } from './text-scanner.ts';

function found(text: string, format: ConfigFormat): string[] {
  const bytes = Buffer.from(text);
  return atOnce(scanConfig(new TextScanner(), bytes, format)).map(({ start, end }) =>
    bytes.subarray(start, end).toString(),
  );
}

describe('scanConfig', () => {
  it('masks whole values under secret names in lines', () => {
    const env =
      'A=1\nexport DB_PASSWORD=two words # and more\nAPI_KEY="quoted, with spaces"\nPUBLIC_KEY=abc\nTOKEN_URL=https://x\n';
    assert.deepEqual(found(env, 'lines'), ['two words # and more', 'quoted, with spaces']);
    const properties = 'spring.datasource.password = pass word\nb.secret:first\\\n  second\nc=d\n';
    assert.deepEqual(found(properties, 'lines'), ['pass word', 'first\\', 'second']);
    assert.deepEqual(found('[client]\nuser=root\npassword = required\n', 'lines'), ['required']);
  });

  it('masks scalars and blocks of YAML, and not what a name only points to', () => {
    const yaml = [
      'db:',
      '  password: correct horse battery',
      '  user: app',
      '  secret: |-',
      '    line one',
      '',
      '    line two',
      '  port: 5432',
      'apiKey: >',
      ' folded',
      'list:',
      '- name: SESSION_TOKEN',
      "  value: 'it is'",
      '- {name: x, password: inline}',
      'secretName: shop',
      'password:',
      '  valueFrom: {secretKeyRef: {name: db, key: pass}}',
      'token: "$(TOKEN)"',
      'long: end',
    ].join('\n');
    assert.deepEqual(found(yaml, 'lines'), [
      'correct horse battery',
      'line one',
      'line two',
      'folded',
      'it is',
      'inline',
    ]);
  });

  it('takes a bracket that is never closed to be over where no element of it can stand', () => {
    const rest = 'user: app\nport: 5432\nmodes:\n- Fast1Mode99\n- other\n[section]\nnote: Some1Thing99\n';
    assert.deepEqual(found(`password: [hunter2\n${rest}`, 'lines'), ['hunter2']);
    assert.deepEqual(found(`db:\n  passwords: {a: Aa1Secret99x,\n${rest}`, 'lines'), ['Aa1Secret99x']);
    assert.deepEqual(found('password: [hunter2\nSome text 4Words99 follows\n', 'lines'), ['hunter2']);
    const toml = 'tokens = [\n"Aa1Secret99x",\nBb2Secret99x,\n"Cc3Secret99x"\n]\nname = "Dd4Name99x"\n';
    assert.deepEqual(found(toml, 'lines'), ['Aa1Secret99x', 'Bb2Secret99x', 'Cc3Secret99x']);
    assert.deepEqual(found(`a:\n  tokens: [\n    Aa1Secret99x\n  ]\n${rest}`, 'lines'), ['Aa1Secret99x']);
  });

  it('masks members of JSON, whatever stands between name and value', () => {
    const json =
      '{"password"\n:\n"a b", "pin_token":12345678, "nested":{"api\\u004bey":["one","two"],"secret":{"user":"u","x":true}},' +
      '"env":[{"value":"before","name":"DB_PASSWORD"},{"name":"B","value":"stays"}],"password2":"\\"q\\"","token":null}';
    assert.deepEqual(found(json, 'json'), ['a b', '12345678', 'one', 'two', 'before', '\\"q\\"']);
    assert.deepEqual(found('{"password": "open', 'json'), ['open']);
  });

  it('masks what is more than a word under the names of several secrets', () => {
    const json =
      '{"tokens":["Aa1Secret99x","admin"],"apiKeys":{"a":"Bb2Secret99x","count":3},"secrets":{"db":"Cc3Secret99x","of":"shop-db"},' +
      '"passwords":{"db":"Dd4Secret99x"},"credentials":["Ee5"],"other":["Ff6Secret99x"],"list":[{"tokens":"Gg7Secret99x"}]}';
    const ofJson = ['Aa1Secret99x', 'Bb2Secret99x', 'Cc3Secret99x', 'Dd4Secret99x', 'Ee5', 'Gg7Secret99x'];
    assert.deepEqual(found(json, 'json'), ofJson);
    const yaml = [
      'tokens:',
      '  - Aa1Secret99x # the first',
      '  - admin',
      'passwords: [Bb2Secret99x, "Cc3Secret99x"]',
      'apiKeys: {a: Dd4Secret99x, b: x}',
      'secrets:',
      '  db: Ee5Secret99x',
      '  of: shop-db',
      'password:',
      '- Ff6Secret99x',
      'other:',
      '  - Gg7Secret99x',
      'token:',
      '  issuer: https://sso.example.org/oauth2',
      '  audience: My-Audience.1',
      'secrets: [https://vault.example.org/v1]',
      '- name: My-Audience.2',
    ].join('\n');
    const ofYaml = ['Aa1Secret99x', 'Bb2Secret99x', 'Cc3Secret99x', 'Dd4Secret99x', 'Ee5Secret99x', 'Ff6Secret99x'];
    assert.deepEqual(found(yaml, 'lines'), ofYaml);
  });

  it('masks lists of secrets behind comments and anchors, and over lines', () => {
    const yaml = [
      'tokens: # of two programs',
      '  - Aa1Secret99x',
      'passwords: &all',
      '- Bb2Secret99x',
      '- &one Cc3Secret99x',
      'apiKeys: !!seq [ # in flow',
      '  Dd4Secret99x, # the first',
      '  "Ee5Secret99x",',
      '# between them',
      '  [Ff6Secret99x]',
      ']',
      'other: [Gg7Secret99x]',
      'secrets: {',
      '  a: Hh8Secret99x,',
      '  b: admin }',
      'note: Ii9Secret99x',
      'password: # whose it is',
      '- Jj0Secret99x',
      '- hunter2',
      'pin: Kk1Secret99x',
      'secret: &it',
      '  - tiger',
      'tokens: ["a]", Ll2Secret99x',
      ', Mm3Secret99x ]',
      'last: Nn4Secret99x',
    ].join('\n');
    // In other files of lines what is a comment, an anchor or a tag here is a value.
    const hits = found(yaml, 'lines').filter((hit) => !/^[#&!]/.test(hit));
    const ofFirst = ['Aa1Secret99x', 'Bb2Secret99x', 'Cc3Secret99x', 'Dd4Secret99x', 'Ee5Secret99x', 'Ff6Secret99x'];
    const further = ['Hh8Secret99x', 'Jj0Secret99x', 'hunter2', '- tiger', 'Ll2Secret99x', 'Mm3Secret99x'];
    assert.deepEqual(hits, [...ofFirst, ...further]);
    const toml = [
      'port = 80',
      'tokens = [',
      '  "Aa1Secret99x", # one',
      "  'Bb2Secret99x',",
      ']',
      'hosts = [',
      '  "Cc3Secret99x",',
      ']',
      'api_key = [ "Dd4Secret99x",',
      '  "tiger" ]',
      'level = "Ee5Secret99x"',
    ].join('\n');
    assert.deepEqual(found(toml, 'lines'), ['Aa1Secret99x', 'Bb2Secret99x', 'Dd4Secret99x', 'tiger']);
  });

  it('masks all of a value that only looks like a list or a map', () => {
    for (const [line, value] of [
      ['DB_PASSWORD=& [correct] horse', '& [correct] horse'],
      ['DB_PASSWORD=!a {correct horse', '!a {correct horse'],
      ['DB_PASSWORD=[correct] horse', '[correct] horse'],
      ['DB_PASSWORD={correct}#horse', '{correct}#horse'],
      ['password: &a {x} hunter2', '&a {x} hunter2'],
      ['password: "[correct] horse"', '[correct] horse'],
      ['auth:\n  password:\n    value: [correct] horse', '[correct] horse'],
    ] as const) {
      assert.deepEqual(found(line, 'lines'), [value], line);
    }
    for (const end of ['', ',', ' # horse', ', # horse']) {
      assert.deepEqual(found(`password: &a [tiger]${end}`, 'lines'), ['&a', 'tiger']);
    }
    const quoted = found("passwords: ['it''s]', 'hunter2x9A']\npasswords: ['', 'tiger]', 'lion']\n", 'lines');
    assert.deepEqual(quoted, ["it''s]", 'hunter2x9A', 'tiger', 'lion']);
  });

  it('leaves ways to log in and switches under names that end in AUTH', () => {
    const lines = [
      ...['SMTP_AUTH=enabled', 'X_AUTH=required', 'KAFKA_AUTH=SASL_SSL', 'AUTH: [basic, ldap]', 'N_AUTH=1'],
      ...['SMTP_AUTH=plain', 'AUTH:', '  - basic', '  - tiger'],
      ...['DB_PASSWORD=plain', 'PASSWORD_AUTH=ldap', 'REDIS_AUTH=foobared'],
    ];
    assert.deepEqual(found(lines.join('\n'), 'lines'), ['tiger', 'plain', 'ldap', 'foobared']);
    const json = '{"SMTP_AUTH":"plain","AUTH":["basic","tiger"],"N_AUTH":1,"PASSWORD":"ldap"}';
    assert.deepEqual(found(json, 'json'), ['tiger', 'ldap']);
  });

  it('masks maps below the name of a secret, but for what is about it', () => {
    const json = JSON.stringify({
      password: { value: 'correct horse', valueFrom: { ref: 'Aa1Secret99x' }, more: [{ inline: 'tiger', key: 'k' }] },
      tokens: { a: { b: 'Bb2Secret99x', name: 'Cc3Secret99x', c: 'word' } },
      credentials: { user: 'app', db: 'Dd4Secret99x' },
      passwords: { a: { b: 'lion' } },
      after: 'Ee5Secret99x',
    });
    assert.deepEqual(found(json, 'json'), ['correct horse', 'tiger', 'Bb2Secret99x', 'Dd4Secret99x', 'lion']);
    const yaml = [
      'auth:',
      '  password:',
      '    value: correct horse',
      '    secretKeyRef:',
      '      name: Aa1Secret99x',
      '    inner:',
      '      data: "tiger"',
      '      rotation: Bb2Secret99x',
      '    text: |',
      '      first line',
      '      second: line',
      '    more:',
      '      - key: Cc3Secret99x',
      '        literal: lion',
      '  after: Dd4Secret99x',
      'token: {name: db, value: Ee5Secret99x}',
    ].join('\n');
    const ofYaml = ['correct horse', 'tiger', 'first line', 'second: line', 'lion', 'Ee5Secret99x'];
    assert.deepEqual(found(yaml, 'lines'), ofYaml);
  });

  it('masks what directives and a netrc have behind a blank', () => {
    const lines = [
      'requirepass foobared',
      '  masterauth "a b"',
      'bindpw\thunter2',
      'machine repo.example login bot password correcthorse',
      'password hunter2',
      'login bot',
      'password required for login',
      'requirepass',
      'bind 127.0.0.1',
      'password required pam_unix.so',
    ];
    assert.deepEqual(found(lines.join('\n'), 'lines'), ['foobared', 'a b', 'hunter2', 'correcthorse', 'hunter2']);
  });

  it('masks attributes and elements of XML', () => {
    const xml =
      '<?xml version="1.0"?><c><db password="a b" user="x"/><token>t t</token><add key="ApiKey" value="k k"/>' +
      '<property><name>my.secret</name><value>v v</value></property></c>';
    assert.deepEqual(found(xml, 'xml'), ['a b', 't t', 'k k', 'v v']);
  });

  it('finds private keys and base64 in any of them', () => {
    const pem = '-----BEGIN EC PRIVATE KEY-----\n  MHcCAQEEIabc\n  -----END EC PRIVATE KEY-----';
    assert.deepEqual(found(`tls:\n  cert.pem: |\n    x\n  a: |\n  ${pem}\nb: c\n`, 'lines').join(''), pem);
    const encoded = Buffer.from('password: hunter2\n').toString('base64');
    assert.deepEqual(found(`file: ${encoded}\n`, 'lines'), [encoded]);
  });

  it('leaves masks and harmless files alone', () => {
    const mask = 'masked-v1-password-abcdefghijklmnopqrstuvwxyz';
    assert.deepEqual(found(`password: ${mask}\nb:\n  - token: "${mask}"\n`, 'lines'), []);
    assert.deepEqual(found(`{"password":"${mask}"}`, 'json'), []);
    assert.deepEqual(found('server { listen 80; }\nlog_level: debug\nreplicas: 3\n', 'text'), []);
  });
});

it('configFormatOf goes by the text, then by the name', () => {
  const cases: readonly (readonly [string, string, ConfigFormat])[] = [
    ['x', ' {"a":1}', 'json'],
    ['a.yaml', '[1]', 'json'],
    ['a.yaml', 'a: b', 'lines'],
    ['application.properties', 'a=b', 'lines'],
    ['.env', 'a=b', 'lines'],
    ['web', '<?xml version="1.0"?>', 'xml'],
    ['motd', 'hello', 'text'],
  ];
  for (const [name, text, format] of cases) assert.equal(configFormatOf(name, Buffer.from(text)), format, name);
});
