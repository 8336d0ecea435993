using System.Runtime.Versioning;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Configurations, secrets and certificates in files.</summary>
public sealed class FileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _folder = Directory.CreateTempSubdirectory("multiexit-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_missing_file_is_one_clear_error()
    {
        string path = Path.Combine(_folder, "no.yaml");
        Assert.Equal($"{path}: the configuration file does not exist", Assert.Single(ConfigLoader.LoadFile(path).Errors).ToString());
    }

    [Fact]
    public void A_folder_is_one_clear_error() =>
        Assert.Equal($"{_folder}: the configuration file is a folder", Assert.Single(ConfigLoader.LoadFile(_folder).Errors).ToString());

    [Fact]
    public void A_file_that_is_too_large_is_one_clear_error() =>
        Assert.EndsWith("is larger than 4 MiB; that is no configuration",
            Assert.Single(ConfigLoader.LoadFile(Write("x", new string(' ', (4 << 20) + 1))).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_utf8_is_one_clear_error()
    {
        string path = Path.Combine(_folder, "latin.yaml");
        File.WriteAllBytes(path, [.. "name: "u8, 0xe9, (byte)'\n']);
        Assert.Equal("the configuration file is not UTF-8 text", Assert.Single(ConfigLoader.LoadFile(path).Errors).Message);
    }

    [Fact]
    public void A_byte_order_mark_is_no_fault()
    {
        string path = Path.Combine(_folder, "bom.yaml");
        File.WriteAllText(path, ConfigAssert.Inbound, new UTF8Encoding(true));
        Assert.True(ConfigLoader.LoadFile(path).IsValid);
    }

    [Fact]
    public void Paths_are_relative_to_the_file()
    {
        Write("cert.pem", "c");
        Write("key.pem", "k");
        string path = Write("edge.yaml",
            "inbounds: [{ name: a, type: http, listen: \":80\", tls: { cert: cert.pem, key: ./key.pem } }]\n"
            + "logging: { file: log/x.log, access: /var/log/a.log }");
        GatewayConfig config = ConfigLoader.LoadFile(path).Config!;
        Assert.Equal(new TlsServerConfig { CertificateFile = Path.Combine(_folder, "cert.pem"), KeyFile = Path.Combine(_folder, "key.pem") },
            config.Inbounds[0].Tls);
        Assert.Equal(Path.Combine(_folder, "log", "x.log"), config.Logging.File);
        Assert.Equal("/var/log/a.log", config.Logging.Access!.File);
    }

    [Theory]
    [InlineData("word", "word")]
    [InlineData("word\n", "word")]
    [InlineData("word\r\n", "word")]
    [InlineData(" two words \n\n", " two words \n")]
    public void A_secret_in_a_file_loses_one_trailing_newline(string content, string secret)
    {
        Write("pw.txt", content, Private);
        Assert.True(SecretOf("{ file: pw.txt }").Matches(Encoding.UTF8.GetBytes(secret)));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    public void A_secret_in_an_empty_file_is_an_error(string content, string message)
    {
        Write("pw.txt", content, Private);
        AssertSecretError("{ file: pw.txt }", ".file", $"the file \"{Path.Combine(_folder, "pw.txt")}\" {message}");
    }

    [UnixFact, UnsupportedOSPlatform("windows")]
    public void A_secret_in_a_file_for_all_to_read_is_an_error()
    {
        Write("pw.txt", "word", Private | UnixFileMode.GroupRead);
        AssertSecretError("{ file: pw.txt }", ".file", $"the file \"{Path.Combine(_folder, "pw.txt")}\" is open to other users; run chmod 600 on it");
    }

    [Fact]
    public void A_secret_in_a_missing_file_is_an_error() =>
        AssertSecretError("{ file: pw.txt }", ".file", $"the file \"{Path.Combine(_folder, "pw.txt")}\" does not exist");

    [Fact]
    public void A_secret_from_the_environment_is_read()
    {
        Environment.SetEnvironmentVariable("MX_CONFIG_TEST_PW", "from env");
        Assert.True(SecretOf("{ env: MX_CONFIG_TEST_PW }").Matches("from env"u8));
    }

    [Fact]
    public void A_secret_from_a_variable_that_is_not_set_is_an_error() =>
        AssertSecretError("{ env: MX_CONFIG_TEST_UNSET }", ".env", "the environment variable MX_CONFIG_TEST_UNSET is not set");

    [Theory]
    [InlineData("\"\"", "", "the secret is empty; expected at least one character")]
    [InlineData("[a]", "", "expected a literal, { env: NAME }, { file: path } or { credential: name }, found a list")]
    [InlineData("{ hunter2: x }", "", "expected a literal, { env: NAME }, { file: path } or { credential: name }, found a mapping with another key")]
    [InlineData("{ env: A, file: b }", "", "expected a literal, { env: NAME }, { file: path } or { credential: name }, found a mapping")]
    [InlineData("{ env: hunter-2 }", ".env", "expected the name of an environment variable: letters, digits and _")]
    public void A_secret_in_another_form_is_an_error(string value, string suffix, string message) => AssertSecretError(value, suffix, message);

    [Fact]
    public void A_secret_of_256_octets_is_an_error() => AssertSecretError(new string('x', 256), "", "the secret is longer than 255 octets");

    private Secret SecretOf(string value) =>
        Assert.IsType<HttpInboundConfig>(ConfigAssert.Valid(WithPassword(value), Path.Combine(_folder, "c.yaml")).Inbounds[0]).Users[0].Password!;

    private void AssertSecretError(string value, string suffix, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(WithPassword(value), Path.Combine(_folder, "c.yaml")));
        Assert.Equal(("inbounds[0].users.u.password" + suffix, message), (error.Path, error.Message));
    }

    private static string WithPassword(string value) => $"inbounds: [{{ name: a, type: http, listen: \":80\", users: {{ u: {{ password: {value} }} }} }}]";

    private string Write(string name, string content, UnixFileMode? mode = null)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        if (mode is { } bits && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, bits);
        return path;
    }
}
