using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads TLS towards an upstream proxy, from the key <c>tls</c> and from a URL.</summary>
internal sealed class TlsClientBinder(ReadContext context)
{
    /// <summary>The fault of two keys that do not go together.</summary>
    public const string CertificateBesideEch = "`cert` beside `ech`: the libraries for ECH show no certificate; expected one or the other";

    private const int MaxPins = 16;

    /// <summary>Reads it.</summary>
    /// <returns>Null for no TLS.</returns>
    public TlsClientConfig? Read(MapReader exit, EndpointUrl? url) => Read(exit, url, url is not null && context.Schema.SchemeOf(url)!.Tls);

    /// <summary>Reads it where the meaning of the URL's scheme depends on the exit.</summary>
    public TlsClientConfig? Read(MapReader exit, EndpointUrl? url, bool urlSaysTls)
    {
        ConfigNode? node = exit.Take("tls");
        TlsClientConfig? tls = urlSaysTls ? ReadOptions(exit, url!) : NoOptions(exit, url);
        switch (node)
        {
            case null:
                return tls;
            case MapNode map:
                if (tls is not null && url!.Options.Count > 0)
                    context.Errors.Add(node.Place, "the URL in `server` has TLS options already; expected one of them");
                return ReadMap(map);
            case ScalarNode { IsPlain: true, Text: "true" }:
                return tls ?? new();
            case ScalarNode { IsPlain: true, Text: "false" }:
                if (urlSaysTls) context.Errors.Add(node.Place, "false, but the scheme in `server` asks for TLS; expected one or the other");
                return null;
        }
        context.Values.Expect(node, "true, false or a mapping with sni, server_name, ca, cert, key, pin and insecure");
        return null;
    }

    private TlsClientConfig ReadMap(MapNode map)
    {
        MapReader reader = new(map, context, "tls of an exit");
        string? sni = reader.Text("sni", "a host name");
        if (sni is not null) ServerNames.Check(context.Errors, reader.Take("sni")!.Place, sni);
        TlsClientConfig tls = ReadNameAndCertificate(reader, map.Place);
        string? ca = reader.Take("ca") is { } node ? context.ReadableFile(node) : null;
        IReadOnlyList<string> pins = ReadPins(reader);
        bool insecure = reader.Flag("insecure") ?? false;
        if (pins.Count > 0 && ca is not null) context.Errors.Add(reader.Take("ca")!.Place, "`ca` beside `pin`; expected one or the other");
        if (insecure && (pins.Count > 0 || ca is not null))
            context.Errors.Add(reader.Take("insecure")!.Place, "`insecure` beside `pin` or `ca`; expected one of them");
        if (tls.CheckedName is not null && (insecure || pins.Count > 0))
            context.Errors.Add(reader.Take("server_name")!.Place, "`server_name` beside `pin` or `insecure`, which check no name; expected one or the other");
        EchClientConfig? ech = EchClientBinder.Read(reader);
        if (ech is not null && tls.CertificateFile is not null) context.Errors.Add(reader.Take("cert")!.Place, CertificateBesideEch);
        reader.Finish();
        return Checked(tls with { ServerName = sni, CaFile = ca, Pins = pins, Ech = ech }, insecure);
    }

    /// <summary>Reads what a tunnel exit has in a mapping: the name to check and the own certificate.</summary>
    public TlsClientConfig ReadOwn(MapReader reader)
    {
        SourcePlace place = (reader.Take("cert") ?? reader.Take("key"))?.Place ?? default;
        TlsClientConfig tls = ReadNameAndCertificate(reader, place);
        reader.Finish();
        return tls;
    }

    private TlsClientConfig ReadNameAndCertificate(MapReader reader, SourcePlace place)
    {
        string? name = reader.Text("server_name", "a host name");
        if (name is not null) ServerNames.Check(context.Errors, reader.Take("server_name")!.Place, name, "server_name");
        string? cert = reader.Take("cert") is { } certNode ? context.ReadableFile(certNode) : null;
        string? key = reader.Take("key") is { } keyNode ? context.ReadableFile(keyNode) : null;
        if (reader.Has("cert") != reader.Has("key")) context.Errors.Add(place, "`cert` and `key` belong together; expected both or none");
        return new TlsClientConfig { CheckedName = name, CertificateFile = cert, KeyFile = key };
    }

    /// <summary>Reads the fingerprints of certificates, one or a list.</summary>
    public static IReadOnlyList<string> ReadPins(MapReader reader)
    {
        if (reader.Take("pin") is not { } node) return [];
        ReadContext context = reader.Context;
        IReadOnlyList<ConfigNode> items = context.Values.Values(node, FingerprintText.Expected);
        if (items.Count > MaxPins) context.Errors.Add(node.Place, $"more than {MaxPins} fingerprints");
        List<string> pins = [];
        foreach (ConfigNode item in items.Take(MaxPins))
        {
            if (item is not ScalarNode { IsNull: false } scalar || FingerprintText.Parse(scalar.Text) is not { } pin)
                context.Values.Expect(item, FingerprintText.Expected);
            else if (pins.Contains(pin)) context.Errors.Add(item.Place, "the fingerprint stands in the list twice; expected it once");
            else pins.Add(pin);
        }
        return pins;
    }

    private static TlsClientConfig Checked(TlsClientConfig tls, bool insecure) => tls with
    {
        Check = insecure ? CertificateCheck.None : tls.Pins.Count > 0 ? CertificateCheck.Pin : CertificateCheck.Chain,
    };

    private TlsClientConfig ReadOptions(MapReader exit, EndpointUrl url)
    {
        SourcePlace place = exit.Take("server")!.Place;
        TlsClientConfig tls = new();
        foreach ((string name, string value) in url.Options)
        {
            if (name == "sni")
            {
                ServerNames.Check(context.Errors, place, value);
                tls = tls with { ServerName = value };
            }
            else if (name == "ca")
            {
                tls = tls with { CaFile = context.ReadableFile(new ScalarNode(place, value, IsPlain: false)) };
            }
            else if (name == "pin" && PinsOf(value) is { } pins)
            {
                tls = Checked(tls with { Pins = pins }, insecure: false);
            }
            else if (name == "insecure" && value is ("true" or "false"))
            {
                tls = Checked(tls, insecure: value == "true");
            }
            else
            {
                context.Errors.Add(place, $"the URL has an unknown option {ErrorText.Quote(name)}; expected sni, ca, pin=sha256:... or insecure=true");
            }
        }
        return tls;
    }

    // sha256:...,sha256:...
    private static string[]? PinsOf(string text)
    {
        string[] items = text.Split(',');
        string[] pins = [.. items.Select(FingerprintText.Parse).OfType<string>().Distinct(StringComparer.Ordinal)];
        return pins.Length == items.Length && pins.Length <= MaxPins ? pins : null;
    }

    private TlsClientConfig? NoOptions(MapReader exit, EndpointUrl? url)
    {
        if (url?.Options.Count > 0) context.Errors.Add(exit.Take("server")!.Place, "the URL has options; without TLS it takes none");
        return null;
    }
}
