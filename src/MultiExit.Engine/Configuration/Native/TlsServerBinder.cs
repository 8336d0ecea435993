using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads TLS of a listener.</summary>
internal static class TlsServerBinder
{
    /// <summary>Reads <c>tls</c>.</summary>
    /// <returns>Null when it is absent or after an error.</returns>
    public static TlsServerConfig? Read(MapReader inbound)
    {
        if (inbound.Map("tls", "tls of a listener") is not { } reader) return null;
        bool selfSigned = reader.Flag("self_signed") ?? false;
        reader.NotYet("ech");
        TlsServerConfig? tls = selfSigned ? ReadSelfSigned(reader) : ReadFiles(reader);
        reader.Finish();
        return tls;
    }

    private static TlsServerConfig ReadSelfSigned(MapReader reader)
    {
        foreach (string key in (ReadOnlySpan<string>)["cert", "key"])
        {
            if (reader.Take(key) is { } node)
                reader.Context.Errors.Add(node.Place, $"`{key}` beside `self_signed: true`; expected one or the other");
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
