using System.Security.Cryptography;
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
        string text = Encoding.Latin1.GetString(content);
        List<RevocationList> lists = [];
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            // Certificates may stand in it as well.
            if (rest[fields.Label].SequenceEqual(Label))
            {
                if (lists.Count == MaxLists) throw PemFile.Unreadable($"the {What} {path} holds more than {MaxLists} lists", null);
                lists.Add(Parse(Convert.FromBase64String(rest[fields.Base64Data].ToString()), path));
            }
            rest = rest[fields.Location.End..];
        }
        return lists.Count > 0 ? lists : throw PemFile.Unreadable($"the {What} {path} holds neither a PEM list nor a DER one", null);
    }

    private static RevocationList Parse(byte[] der, string path) => RevocationListReader.TryRead(der, out RevocationList? list, out string? fault)
        ? list! : throw PemFile.Unreadable($"the {What} {path} cannot be read: {fault}", null);
}
