using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Tests.Tls;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class ClientCertificateConfigTests : IDisposable
{
    private readonly TestCertificate _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("{ name: e, type: http, server: \"h:1\", tls: T }")]
    [InlineData("{ name: e, type: socks5, server: \"h:1\", tls: T }")]
    [InlineData("{ name: e, type: websocket, server: \"h:1\", tls: T }")]
    [InlineData("{ name: e, type: ech-tunnel, server: \"wss://h:1/t\", tls: T }")]
    [InlineData("{ name: e, type: tunnel, server: h, key: long enough, tls: T }")]
    public void Every_exit_with_tls_has_a_name_to_check_and_a_certificate_of_its_own(string exit)
    {
        string keys = $"{{ server_name: inner.example, cert: '{_files.CertificateFile}', key: '{_files.KeyFile}' }}";
        TlsClientConfig tls = Assert.Single(ConfigAssert.Valid(Document(exit, keys)).Exits) switch
        {
            ProxyExitConfig proxy => proxy.Tls!,
            EchTunnelExitConfig ech => ech.Tls!,
            ExitConfig other => ((TunnelExitConfig)other).Tls!,
        };
        Assert.Equal(("inner.example", _files.CertificateFile, _files.KeyFile), (tls.CheckedName, tls.CertificateFile, tls.KeyFile));
    }

    [Theory]
    [InlineData("{ cert: 'C' }", "`cert` and `key` belong together")]
    [InlineData("{ key: 'K' }", "`cert` and `key` belong together")]
    [InlineData("{ cert: /no/such.pem, key: 'K' }", "does not exist")]
    [InlineData("{ server_name: .a }", "expected a host name for server_name")]
    [InlineData("{ server_name: a.example, insecure: true }", "which check no name")]
    [InlineData("{ cert: 'C', key: 'K', ech: { doh: \"https://1.1.1.1/dns-query\" } }", "the libraries for ECH show no certificate")]
    public void What_does_not_go_together_is_an_error(string tls, string expected)
    {
        string text = tls.Replace("'C'", $"'{_files.CertificateFile}'", StringComparison.Ordinal)
            .Replace("'K'", $"'{_files.KeyFile}'", StringComparison.Ordinal);
        Assert.Contains(ConfigAssert.Errors(Document("{ name: e, type: http, server: \"h:1\", tls: T }", text)),
            error => error.Message.Contains(expected, StringComparison.Ordinal));
    }

    private static string Document(string exit, string tls) =>
        $"{ConfigAssert.Inbound}exits: [{exit.Replace("tls: T", $"tls: {tls}", StringComparison.Ordinal)}]";
}
