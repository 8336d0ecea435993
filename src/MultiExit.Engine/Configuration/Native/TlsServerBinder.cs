using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads TLS of a listener.</summary>
internal static class TlsServerBinder
{
    public const string ClientsBesideEch =
        "`clients` beside `ech`: clients that come with ECH are served by a library that asks for no certificate here; expected one or the other";

    /// <summary>Reads <c>tls</c>.</summary>
    /// <param name="inbound">The inbound, or another listener.</param>
    /// <param name="mayAskClients">Whether it can have <c>clients</c>.</param>
    /// <returns>Null when it is absent or after an error.</returns>
    public static TlsServerConfig? Read(MapReader inbound, bool mayAskClients = false)
    {
        if (inbound.Map("tls", "tls of a listener") is not { } reader) return null;
        bool selfSigned = reader.Flag("self_signed") ?? false;
        List<string> echKeys = ReadEchKeys(reader);
        TlsServerConfig? tls = selfSigned ? ReadSelfSigned(reader) : ReadFiles(reader);
        TlsClientsConfig? clients = mayAskClients ? TlsClientsBinder.Read(reader) : null;
        if (clients is not null && echKeys.Count > 0) reader.Context.Errors.Add(reader.Take("clients")!.Place, ClientsBesideEch);
        reader.Finish();
        bool clientsAtFault = clients is null && reader.Has("clients");
        return tls is null || clientsAtFault ? null : tls with { EchKeyFiles = echKeys, Clients = clients };
    }

    private static List<string> ReadEchKeys(MapReader tls)
    {
        List<string> files = [];
        if (tls.Map("ech", "ech of a listener") is not { } reader) return files;
        if (reader.Require("key", "a key file that New-MxEchKey makes, or a list of them, the newest first") is { } node)
        {
            foreach (ConfigNode item in reader.Context.Values.Values(node, "a key file, or a list of them that is not empty"))
            {
                if (reader.Context.ReadableFile(item) is not { } file) continue;
                if (files.Contains(file)) reader.Context.Errors.Add(item.Place, "the file stands in the list twice; expected it once");
                files.Add(file);
            }
        }
        reader.Finish();
        return files;
    }

    private static TlsServerConfig ReadSelfSigned(MapReader reader)
    {
        foreach (string key in (ReadOnlySpan<string>)["cert", "key"])
        {
            if (reader.Take(key) is { } node) reader.Context.Errors.Add(node.Place, $"`{key}` beside `self_signed: true`; expected one or the other");
        }
        return new() { SelfSigned = true };
    }

    private static TlsServerConfig? ReadFiles(MapReader reader)
    {
        string? cert = reader.Require("cert", "the PEM file of the certificate chain, or self_signed: true") is { } certNode
            ? reader.Context.ReadableFile(certNode) : null;
        string? key = reader.Require("key", "the PEM file of the private key") is { } keyNode ? reader.Context.ReadableFile(keyNode) : null;
        return cert is null || key is null ? null : new() { CertificateFile = cert, KeyFile = key };
    }
}
