using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Explaining;

/// <summary>How users with certificates are explained.</summary>
public sealed class CertificateExplanationTests
{
    private static readonly UserConfig Bob = new("bob", new Secret("builder"u8.ToArray()))
    {
        Certificates = [new UserCertificate(CertificateProperty.AlternativeName, "bob.example")],
    };

    private static readonly UserConfig Carol = new("carol", null);

    [Theory]
    [InlineData("bob", null, false, "password certificate:san", RouteOutcome.Served)]
    [InlineData("bob", CertificateProperty.CommonName, false, "password certificate:san", RouteOutcome.Served)]
    [InlineData("carol", CertificateProperty.CommonName, false, "certificate:cn", RouteOutcome.Served)]
    [InlineData("carol", null, false, "", RouteOutcome.Refused)]
    [InlineData("bob", null, true, "password", RouteOutcome.Served)] // no certificates are asked for
    [InlineData("carol", CertificateProperty.CommonName, true, "", RouteOutcome.Refused)]
    public async Task It_is_said_how_a_client_shows_to_be_the_user(
        string user, CertificateProperty? from, bool plain, string knownBy, RouteOutcome outcome)
    {
        TlsServerConfig? tls = plain ? null
            : new() { SelfSigned = true, Clients = new() { CaFile = "/etc/ca.pem", UserFrom = from } };
        RouteExplanation told = await ConfigRoutes.ExplainAsync(Of(new Socks5InboundConfig
        {
            Name = "edge", Listen = new(IPAddress.Any, 1080), Users = [Bob, Carol], Tls = tls,
        }), QueryOf(user));
        Assert.Equal(knownBy, string.Join(' ', told.UserKnownBy));
        Assert.Equal(outcome, told.Outcome);
        bool refused = told.Reason == "the user carol has nothing that a socks5 inbound asks for: such a login fails";
        Assert.Equal(outcome == RouteOutcome.Refused, refused);
        Assert.Equal(plain ? 0 : 1, told.Notes.Count(note => note.Contains("certificate of the CAs in /etc/ca.pem", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true, "certificate:san")]
    [InlineData(false, "")]
    public async Task A_tunnel_takes_a_certificate_beside_the_common_key_alone(bool hasKey, string knownBy)
    {
        UserConfig other = new("dave", null) { Keys = [new NamedSecret("k", new Secret("a-key-of-dave"u8.ToArray()))] };
        RouteExplanation told = await ConfigRoutes.ExplainAsync(Of(new TunnelInboundConfig
        {
            Name = "edge", Listen = new(IPAddress.Any, 443), Users = [Bob, other], Keys = hasKey ? [new Secret("a-key-of-all"u8.ToArray())] : [],
            Tls = new() { SelfSigned = true, Clients = new() { CaFile = "/etc/ca.pem", Required = false } },
        }), QueryOf("bob"));
        Assert.Equal(knownBy, string.Join(' ', told.UserKnownBy));
        Assert.Empty(told.Notes);
    }

    private static GatewayConfig Of(InboundConfig inbound) => new() { Inbounds = [inbound] };

    private static RouteQuery QueryOf(string user) =>
        new() { Destination = Destination.FromAddress(IPAddress.Parse("45.0.113.9"), 443), User = user, Client = IPAddress.Parse("45.0.2.1") };
}
