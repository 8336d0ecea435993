using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that only a shadowsocks inbound has.</summary>
internal static class ShadowsocksInboundBinder
{
    /// <summary>Reads them.</summary>
    /// <returns>Null when method or password are missing or wrong.</returns>
    public static InboundConfig? Read(MapReader reader, string name, IPEndPoint listen)
    {
        ReadContext context = reader.Context;
        (string Method, Secret Password)? secret = ShadowsocksBinder.ReadSecret(reader, url: null);
        bool? udp = reader.Flag("udp");
        TimeSpan? idle = reader.Duration(Socks5Options.UdpIdleTimeoutRange);
        int? perUser = reader.Integer(Socks5Options.UdpPerUserRange), total = reader.Integer(Socks5Options.UdpTotalRange);
        if (reader.Take("tls") is { } tls) context.Errors.AddNotYet(tls.Place, "TLS around Shadowsocks, which encrypts by itself");
        if (secret is not { } known) return null;
        ShadowsocksMethod method = ShadowsocksMethods.Find(known.Method)!.Value;
        // What a reference leads to was not looked at.
        ConfigNode password = reader.Take("password")!;
        if (method.Is2022() && (!context.IsTextOnly || password is ScalarNode) && known.Password.Reveal().Contains((byte)':'))
            context.Errors.Add(password.Place, "expected the key of the inbound alone; those of users stand in `psks` of the user");
        if (udp == true && !method.HasDatagrams())
            context.Errors.Add(reader.Take("udp")!.Place, $"datagrams of {known.Method} are not spoken here; the methods with AES have them");
        ShadowsocksInboundConfig config = new()
        {
            Name = name, Listen = listen, Method = known.Method, Password = known.Password, Udp = udp ?? method.HasDatagrams(),
        };
        return config with
        {
            UdpIdleTimeout = idle ?? config.UdpIdleTimeout, UdpPerUser = perUser ?? config.UdpPerUser, UdpTotal = total ?? config.UdpTotal,
        };
    }

    /// <summary>Which ports it listens on, before it is read.</summary>
    public static ForwardNetwork NetworkOf(MapReader reader)
    {
        bool hasDatagrams = ValueReader.FlagOf(reader.Find("udp"))
            ?? (reader.Find("method") is not ScalarNode method || ShadowsocksMethods.Find(method.Text) is not { } known || known.HasDatagrams());
        return hasDatagrams ? ForwardNetwork.Both : ForwardNetwork.Tcp;
    }
}
