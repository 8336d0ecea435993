using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that only a transparent inbound has.</summary>
internal static class TransparentInboundBinder
{
    /// <summary>Reads them.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen)
    {
        TransparentInboundConfig defaults = new() { Name = name, Listen = listen };
        TransparentMode mode = reader.Choice("mode", "redirect", "tproxy") == "tproxy" ? TransparentMode.Tproxy : TransparentMode.Redirect;
        TransparentInboundConfig inbound = defaults with
        {
            Mode = mode,
            Udp = reader.Flag("udp") ?? defaults.Udp,
            UdpIdleTimeout = reader.Duration(TransparentInboundConfig.UdpIdleTimeoutRange) ?? defaults.UdpIdleTimeout,
            UdpPerUser = reader.Integer(Socks5Options.UdpPerUserRange) ?? defaults.UdpPerUser,
            UdpTotal = reader.Integer(Socks5Options.UdpTotalRange) ?? defaults.UdpTotal,
            Redirect = ReadRedirect(reader, mode),
        };
        ErrorList errors = reader.Context.Errors;
        if (inbound.Udp && mode == TransparentMode.Redirect)
            errors.Add(reader.Take("udp")!.Place, "REDIRECT hides where a datagram was sent; datagrams need `mode: tproxy`");
        foreach (string key in (string[])["tls", "proxy_protocol"])
            if (reader.Has(key)) errors.Add(reader.Take(key)!.Place, $"clients of a transparent inbound speak to their targets; `{key}` has no place here");
        if (inbound.Redirect is null) return inbound;
        if (listen.Port == 0) errors.Add(reader.Take("redirect")!.Place, "the firewall's rules name the port of the inbound; expected one in `listen`, not 0");
        if (mode == TransparentMode.Redirect && IPAddress.IsLoopback(listen.Address))
            errors.Add(reader.Take("redirect")!.Place,
                $"REDIRECT leads to an address of the interface that a client comes in by, where {listen} does not listen; "
                    + "listen on all addresses, or use `mode: tproxy`");
        return inbound;
    }

    /// <summary>Which ports it listens on, before it is read.</summary>
    public static ForwardNetwork NetworkOf(MapReader reader) =>
        ValueReader.FlagOf(reader.Find("udp")) == true ? ForwardNetwork.Both : ForwardNetwork.Tcp;

    private static RedirectConfig? ReadRedirect(MapReader inbound, TransparentMode mode)
    {
        if (inbound.Map("redirect", "redirect of an inbound") is not { } reader) return null;
        RedirectConfig defaults = new();
        List<IPNetwork> networks = [];
        List<string> interfaces = [];
        const string Expected = "networks of clients such as 10.1.0.0/16, or interfaces that they come in by such as eth1";
        if (reader.Require("from", Expected) is { } from)
        {
            foreach (ConfigNode item in reader.Context.Values.Values(from, Expected))
            {
                if (reader.Context.Values.Text(item, Expected) is not { } text) continue;
                if (NetworkText.Parse(text, out IPNetwork network) is null) networks.Add(network);
                else if (InterfaceBinder.IsName(text) && text != "lo") interfaces.Add(text);
                else reader.Context.Values.Expect(item, Expected);
            }
        }
        RedirectConfig redirect = defaults with
        {
            Networks = [.. networks.Distinct()],
            Interfaces = [.. interfaces.Distinct(StringComparer.Ordinal)],
            Ports = PortListBinder.Read(reader, "ports"),
            Except = [.. NetworkListBinder.Read(reader, "except").Distinct()],
            Mark = reader.Integer(RedirectConfig.MarkRange) ?? defaults.Mark,
            Table = reader.Integer(RedirectConfig.TableRange) ?? defaults.Table,
        };
        foreach (string key in (string[])["mark", "table"])
            if (mode == TransparentMode.Redirect && reader.Has(key))
                reader.Context.Errors.Add(reader.Take(key)!.Place, $"REDIRECT needs no {key}; it is for `mode: tproxy`");
        reader.Finish();
        return redirect;
    }
}
