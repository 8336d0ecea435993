using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Which of the two ports with a number an inbound listens on, and so what else may have the other one.</summary>
public sealed class ListenPortTests
{
    private const string Method = "type: shadowsocks, password: p, method";
    private const string Key32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Theory]
    [InlineData("type: socks5", true, false)]
    [InlineData("type: forward, target: \"a:1\"", true, false)]
    [InlineData("type: forward, target: \"a:1\", network: udp", false, true)]
    [InlineData("type: forward, target: \"a:1\", network: both", true, true)]
    [InlineData("type: transparent", true, false)]
    [InlineData("type: transparent, mode: tproxy, udp: true", true, true)]
    [InlineData($"{Method}: aes-256-gcm", true, true)]
    [InlineData($"{Method}: aes-256-gcm, udp: true", true, true)]
    [InlineData($"{Method}: aes-256-gcm, udp: false", true, false)]
    [InlineData($"type: shadowsocks, method: 2022-blake3-chacha20-poly1305, password: {Key32}", true, false)]
    public void Another_inbound_may_have_the_port_that_is_left(string keys, bool takesTcp, bool takesUdp)
    {
        Assert.Equal(takesTcp, Collides(keys, "tcp"));
        Assert.Equal(takesUdp, Collides(keys, "udp"));
    }

    private static bool Collides(string keys, string network)
    {
        string text = $$"""
            inbounds:
              - { name: a, listen: "127.0.0.1:1080", {{keys}} }
              - { name: b, listen: ":1080", type: forward, target: "a:1", network: {{network}} }
            """;
        IReadOnlyList<ConfigError> errors = ConfigLoader.Parse(text).Errors;
        if (errors.Count > 0) Assert.Contains("is already taken by the listener", Assert.Single(errors).Message, StringComparison.Ordinal);
        return errors.Count > 0;
    }
}
