using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>Reads files with revocation lists: one as DER, or any number as PEM.</summary>
internal static class RevocationListFile
{
    /// <summary>The most bytes of a file: some 150000 revoked certificates.</summary>
    public const int MaxLength = 8 << 20;

    private const int MaxLists = 64;
    private const string What = "revocation list";
    private const string Label = "X509 CRL";

    /// <summary>Reads a file.</summary>
    /// <exception cref="ProxyException">It cannot be read, or is no list (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public static IReadOnlyList<RevocationList> Read(string path)
    {
        byte[] content = PemFile.ReadBytes(path, What, MaxLength);
        // The tag of a sequence, a "0" as a letter, with which the text around a PEM list hardly begins.
        if (content is [0x30, ..]) return [Parse(content, path)];
        List<RevocationList> lists = [];
        PemReader blocks = new(Encoding.Latin1.GetString(content));
        while (blocks.Read())
        {
            // Certificates may stand in it as well.
            if (blocks.Label is not Label) continue;
            if (lists.Count == MaxLists) throw PemFile.Unreadable($"the {What} {path} holds more than {MaxLists} lists", null);
            lists.Add(Parse(blocks.Decode() ?? throw PemFile.Unreadable($"the {What} {path} has a list that is no Base64", null), path));
        }
        if (blocks.Fault is { } fault) throw PemFile.Unreadable($"the {What} {path} {fault}", null);
        return lists.Count > 0 ? lists : throw PemFile.Unreadable($"the {What} {path} holds neither a PEM list nor a DER one", null);
    }

    private static RevocationList Parse(byte[] der, string path) => RevocationListReader.TryRead(der, out RevocationList? list, out string? fault)
        ? list! : throw PemFile.Unreadable($"the {What} {path} cannot be read: {fault}", null);
}
