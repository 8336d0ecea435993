using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads TLS towards an upstream proxy, from the key <c>tls</c> and from a URL.</summary>
internal sealed class TlsClientBinder(ReadContext context)
{
    /// <summary>Reads it.</summary>
    /// <returns>Null for no TLS.</returns>
    public TlsClientConfig? Read(MapReader exit, EndpointUrl? url)
    {
        bool urlSaysTls = url is not null && UrlScheme.Of(url)!.Tls;
        ConfigNode? node = exit.Take("tls");
        TlsClientConfig? tls = urlSaysTls ? ReadOptions(exit, url!) : NoOptions(exit, url);
        switch (node)
        {
            case null:
                return tls;
            case MapNode map:
                if (tls is not null && url!.Options.Count > 0) context.Errors.Add(node.Place, "the URL in `server` has TLS options already; expected one of them");
                return ReadMap(map);
            case ScalarNode { IsPlain: true, Text: "true" }:
                return tls ?? new();
            case ScalarNode { IsPlain: true, Text: "false" }:
                if (urlSaysTls) context.Errors.Add(node.Place, "false, but the scheme in `server` asks for TLS; expected one or the other");
                return null;
        }
        context.Values.Expect(node, "true, false or a mapping with sni and ca");
        return null;
    }

    private TlsClientConfig ReadMap(MapNode map)
    {
        MapReader reader = new(map, context, "tls of an exit");
        string? sni = reader.Text("sni", "a host name");
        if (sni is not null) ServerNames.Check(context.Errors, reader.Take("sni")!.Place, sni);
        string? ca = reader.Take("ca") is { } node ? context.ReadableFile(node) : null;
        EchClientConfig? ech = EchClientBinder.Read(reader);
        reader.Finish();
        return new() { ServerName = sni, CaFile = ca, Ech = ech };
    }

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
            else
            {
                context.Errors.Add(place, $"the URL has an unknown option {ErrorText.Quote(name)}; expected sni or ca");
            }
        }
        return tls;
    }

    private TlsClientConfig? NoOptions(MapReader exit, EndpointUrl? url)
    {
        if (url?.Options.Count > 0)
            context.Errors.Add(exit.Take("server")!.Place, "the URL has options; without TLS it takes none");
        return null;
    }
}
