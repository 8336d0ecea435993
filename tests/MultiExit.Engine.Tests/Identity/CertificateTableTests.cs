using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests.Identity;

/// <summary>Whose a certificate is, and what counts beside it.</summary>
public sealed class CertificateTableTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider _time = new();
    private readonly TestPki _ca = TestPki.Root(Now);

    public void Dispose() => _ca.Dispose();

    [Fact]
    public void The_most_exact_property_decides()
    {
        using X509Certificate2 shown = _ca.Issue("bob", names: names => names.AddDnsName("bob.example"));
        UserConfig san = User("san", CertificateProperty.AlternativeName, "Bob.example"),
            subject = User("subject", CertificateProperty.Subject, "CN=bob,O=Example"),
            exact = User("exact", CertificateProperty.Fingerprint, shown.GetCertHashString(HashAlgorithmName.SHA256)), bob = new("bob", null);
        Assert.Equal(("bob", "certificate:cn"), Who(shown, CertificateProperty.CommonName, bob));
        Assert.Equal(("san", "certificate:san"), Who(shown, CertificateProperty.CommonName, bob, san));
        Assert.Equal(("subject", "certificate:subject"), Who(shown, CertificateProperty.CommonName, bob, san, subject));
        Assert.Equal(("exact", "certificate:sha256"), Who(shown, CertificateProperty.CommonName, bob, san, subject, exact));
    }

    [Fact]
    public void A_name_is_a_user_only_where_the_inbound_says_which_one()
    {
        using X509Certificate2 shown = _ca.Issue("bob", names: names =>
        {
            names.AddDnsName("Carol.example");
            names.AddEmailAddress("dave@example.com");
        });
        string fingerprint = shown.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        UserConfig[] users = [new("bob", null), new("carol.example", null), new("erin", null), new(fingerprint, null)];
        Assert.Equal((null, null), Who(shown, null, users));
        Assert.Equal(("bob", "certificate:cn"), Who(shown, CertificateProperty.CommonName, users));
        Assert.Equal(("carol.example", "certificate:san"), Who(shown, CertificateProperty.AlternativeName, users));
        Assert.Equal((fingerprint, "certificate:sha256"), Who(shown, CertificateProperty.Fingerprint, users));
        Assert.Equal((null, null), Who(shown, CertificateProperty.CommonName, new UserConfig("Bob", null)));
        // No certificates are asked for any more, and the connection is from before.
        Assert.Equal(LoginOutcome.Wrong, new UserDirectory(users, _time).ByCertificate(Of(shown)).Outcome);
    }

    [Fact]
    public void A_user_with_a_certificate_of_its_own_is_not_known_by_its_name_in_another_one()
    {
        using X509Certificate2 own = _ca.Issue("alice"), other = _ca.Issue("alice");
        UserConfig alice = User("alice", CertificateProperty.Fingerprint, own.GetCertHashString(HashAlgorithmName.SHA256));
        Assert.Equal(("alice", "certificate:sha256"), Who(own, CertificateProperty.CommonName, alice));
        Assert.Equal((null, null), Who(other, CertificateProperty.CommonName, alice));
    }

    [Fact]
    public void A_certificate_of_several_users_is_refused()
    {
        using X509Certificate2 shown = _ca.Issue("x", names: names =>
        {
            names.AddDnsName("bob");
            names.AddDnsName("eve");
        });
        UserConfig[] named = [new("bob", null), new("eve", null)];
        UserConfig[] pinned = [User("b", CertificateProperty.AlternativeName, "bob"), User("e", CertificateProperty.AlternativeName, "eve")];
        Assert.Equal(LoginOutcome.Ambiguous, Directory(CertificateProperty.AlternativeName, named).ByCertificate(Of(shown)).Outcome);
        Assert.Equal(LoginOutcome.Ambiguous, Directory(null, pinned).ByCertificate(Of(shown)).Outcome);
        Assert.True(Directory(null, pinned[0]).ByCertificate(Of(shown)).IsOk);
        // One user with both names is one.
        UserConfig both = new("both", null) { Certificates = [.. pinned.SelectMany(user => user.Certificates)] };
        Assert.True(Directory(null, both).ByCertificate(Of(shown)).IsOk);
    }

    [Fact]
    public void A_user_that_is_disabled_or_has_expired_is_found_and_not_let_in()
    {
        using X509Certificate2 shown = _ca.Issue("bob");
        UserConfig bob = new("bob", null);
        Assert.Equal(LoginOutcome.Disabled, Directory(CertificateProperty.CommonName, bob with { Disabled = true }).ByCertificate(Of(shown)).Outcome);
        Assert.Equal(LoginOutcome.Expired, Directory(CertificateProperty.CommonName, bob with { Expires = Now }).ByCertificate(Of(shown)).Outcome);
        Assert.Equal(LoginOutcome.Ok, Directory(CertificateProperty.CommonName, bob with { Expires = Now.AddSeconds(1) }).ByCertificate(Of(shown)).Outcome);
    }

    [Theory]
    [InlineData("bob", "", true, "bob certificate:cn")] // a certificate and nothing else
    [InlineData("nobody", "", false, null)]
    [InlineData("nobody", "network", true, "near network")]
    [InlineData("bob", "network", true, "bob certificate:cn")]
    [InlineData("gone", "network", false, null)] // disabled: its address does not help
    [InlineData("bob", "token of bob", true, "bob token:t")]
    [InlineData("bob", "token of eve", false, null)]
    [InlineData("nobody", "token of eve", true, "eve token:t")]
    [InlineData("gone", "token of eve", false, null)]
    [InlineData("bob", "wrong token", false, null)]
    [InlineData("bob", "common secret", true, "bob certificate:cn")]
    [InlineData("nobody", "common secret", true, null)]
    [InlineData("gone", "common secret", false, null)]
    [InlineData("", "", false, null)]
    public async Task What_a_client_shows_beside_its_certificate_has_to_agree_with_it(string certificate, string shows, bool comesIn, string? who)
    {
        UserConfig[] users =
        [
            new("bob", null) { Tokens = [new NamedSecret("t", new Secret("of bob"))] },
            new("eve", null) { Tokens = [new NamedSecret("t", new Secret("of eve"))] },
            new("gone", null) { Disabled = true }, new("near", null) { Networks = shows == "network" ? [IPNetwork.Parse("127.0.0.0/8")] : [] },
        ];
        UserDirectory directory = Directory(CertificateProperty.CommonName, users);
        using X509Certificate2? shown = certificate.Length == 0 ? null : _ca.Issue(certificate);
        FakeTransport.FakeSocket socket = new();
        await using InboundConnection connection = new("in", socket, socket, false)
        {
            Client = new IPEndPoint(IPAddress.Loopback, 40000), Certificate = shown is null ? null : Of(shown),
        };
        bool entered = shows switch
        {
            "" or "network" => connection.EnterUnasked(directory),
            "common secret" => connection.EnterWithCommonSecret(directory),
            _ => connection.Enter(directory, directory.ByToken(System.Text.Encoding.ASCII.GetBytes(shows.Replace("token ", "", StringComparison.Ordinal)))),
        };
        Assert.Equal(comesIn, entered);
        Assert.Equal(who, connection.Identity is { } identity ? $"{identity.Name} {identity.Login}" : null);
    }

    private static UserConfig User(string name, CertificateProperty property, string value) =>
        new(name, null) { Certificates = [new UserCertificate(property, value)] };

    private UserDirectory Directory(CertificateProperty? from, params UserConfig[] users) =>
        new(users, _time, null, new TlsClientsConfig { CaFile = "ca.pem", UserFrom = from });

    private (string? Name, string? Login) Who(X509Certificate2 shown, CertificateProperty? from, params UserConfig[] users)
    {
        LoginResult login = Directory(from, users).ByCertificate(Of(shown));
        return (login.Identity?.Name, login.Identity?.Login);
    }

    private ClientCertificate Of(X509Certificate2 shown)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_ca.Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.LocalDateTime;
        Assert.True(chain.Build(shown));
        return ClientCertificate.Read(shown, chain.ChainElements)!;
    }
}
