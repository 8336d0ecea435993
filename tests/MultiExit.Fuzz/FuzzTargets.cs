using MultiExit.Fuzz.Targets;

namespace MultiExit.Fuzz;

/// <summary>All targets: every codec and state machine that reads input from outside.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Socks5GreetingTarget.Target, Socks5CredentialsTarget.Target, Socks5RequestTarget.Target, Socks5ReplyTarget.Target,
            Socks5UdpTarget.Target,
        Socks4RequestTarget.Target, Socks4ReplyTarget.Target, LightsocksTableTarget.Target,
        HttpRequestTarget.Target, HttpResponseTarget.Target, HttpBodyTarget.Target,
        WebSocketFrameTarget.Target, WebSocketConnectionTarget.Target, WebSocketRequestTarget.Target, WebSocketResponseTarget.Target,
        TunnelFrameTarget.Target, TunnelPayloadTarget.Target, TunnelHandshakeTarget.Target, TunnelSessionTarget.Target,
        EchTunnelMessageTarget.Target, EchTunnelCarrierTarget.Target,
        ShadowsocksTarget.Target,
        LdapMessageTarget.Target, LoginAnswerTarget.Target,
        DnsMessageTarget.Target, EchConfigListTarget.Target, EchClientHelloTarget.Target, EchTextTarget.Target,
        CertificateTarget.Target,
        ConfigDocumentTarget.Target, ConfigEditTarget.Target, UrlTarget.Target, ValueTextTarget.Target, ControlTarget.Target,
        DashboardTarget.Target,
        DestinationTarget.Target,
    ];
}
