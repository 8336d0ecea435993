namespace MultiExit.Host.Tests.Support;

/// <summary>The certificates of <see cref="CertificateRig"/>, which OpenSSL makes once for all tests of a class; each test works with a copy.</summary>
public sealed class CertificateSet : IDisposable
{
    private readonly Lazy<Task<(OpenSslCa Ca, OpenSslCa Other)>> _made = new(MakeAsync);

    public void Dispose()
    {
        if (!_made.IsValueCreated || !_made.Value.IsCompletedSuccessfully) return;
        _made.Value.Result.Ca.Dispose();
        _made.Value.Result.Other.Dispose();
    }

    /// <summary>Copies of the CA that is trusted, and of the one that is not.</summary>
    internal async Task<(OpenSslCa Ca, OpenSslCa Other)> CopyAsync()
    {
        (OpenSslCa ca, OpenSslCa other) = await _made.Value;
        return (await ca.CopyAsync(), await other.CopyAsync());
    }

    private static async Task<(OpenSslCa Ca, OpenSslCa Other)> MakeAsync()
    {
        OpenSslCa ca = await OpenSslCa.MakeAsync("Clients"), other = await OpenSslCa.MakeAsync("Clients");
        await ca.IssueAsync("proxy", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n");
        foreach (string name in CertificateRig.Clients.Except(["none"]))
        {
            string use = name == "server" ? "serverAuth" : "clientAuth";
            string san = name == "named" ? "" : $"subjectAltName=email:{San(name)}@Example.com\n"; // known by its common name
            await (name == "foreign" ? other : ca).IssueAsync(name, $"extendedKeyUsage={use}\n{san}", ended: name == "ended");
        }
        await ca.RevokeAsync("revoked");
        return (ca, other);
    }

    // What would be a user's but for the fault of the certificate.
    private static string San(string client) => client is "foreign" or "ended" or "server" or "revoked" ? "right" : client;
}
