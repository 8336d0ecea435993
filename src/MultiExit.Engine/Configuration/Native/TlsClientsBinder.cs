using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>tls.clients</c>.</summary>
internal static class TlsClientsBinder
{
    private const int MaxLists = 16;

    /// <summary>Reads it.</summary>
    /// <returns>Null when it is absent or after an error.</returns>
    public static TlsClientsConfig? Read(MapReader tls)
    {
        if (tls.Map("clients", "clients of a listener") is not { } reader) return null;
        string? ca = reader.Require("ca", "the PEM file of the CAs that issue the certificates of clients") is { } node
            ? reader.Context.ReadableFile(node) : null;
        List<string> lists = ReadLists(reader);
        bool required = reader.Choice("require", "true", "optional") != "optional";
        CertificateProperty? from = reader.Choice("user_from", "cn", "san", "sha256") switch
        {
            "cn" => CertificateProperty.CommonName,
            "san" => CertificateProperty.AlternativeName,
            "sha256" => CertificateProperty.Fingerprint,
            _ => null,
        };
        reader.Finish();
        return ca is null ? null : new() { CaFile = ca, CrlFiles = lists, Required = required, UserFrom = from };
    }

    private static List<string> ReadLists(MapReader clients)
    {
        const string Expected = "a file with a revocation list, or a list of them that is not empty";
        List<string> files = [];
        if (clients.Take("crl") is not { } node) return files;
        // A credential is a mapping.
        IReadOnlyList<ConfigNode> items = node is MapNode ? [node] : clients.Context.Values.Values(node, Expected);
        if (items.Count > MaxLists) clients.Context.Errors.Add(node.Place, $"{items.Count} files; expected {MaxLists} at most, and one may hold several lists");
        foreach (ConfigNode item in items.Take(MaxLists))
        {
            if (clients.Context.ReadableFile(item) is not { } file) continue;
            if (files.Contains(file)) clients.Context.Errors.Add(item.Place, "the file stands in the list twice; expected it once");
            files.Add(file);
        }
        return files;
    }
}
