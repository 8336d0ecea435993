using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>The revocation lists of CAs, each proved to be its CA's; of several of one CA the newest. Immutable.</summary>
/// <remarks>.NET has no such check without a network on Linux: X509Chain takes lists from places that a certificate names, or from a folder of
/// its own (docs/decisions/0092).</remarks>
internal sealed class RevocationLists
{
    // Warns of a list that ends soon: most are renewed long before.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);
    private const int SoonPart = 10;

    private readonly Dictionary<string, (RevocationList List, string File)> _byIssuer = new(StringComparer.Ordinal);

    private RevocationLists()
    {
    }

    /// <summary>Reads files with lists.</summary>
    /// <param name="files">The files.</param>
    /// <param name="cas">The CAs that may have issued them.</param>
    /// <exception cref="ProxyException">A file cannot be read, or a list is none of a CA (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public static RevocationLists Load(IReadOnlyList<string> files, X509Certificate2Collection cas)
    {
        RevocationLists lists = new();
        foreach (string file in files)
            foreach (RevocationList list in RevocationListFile.Read(file)) lists.Add(list, cas, file);
        return lists;
    }

    /// <summary>Why a certificate is not to be taken by these lists; null when it is.</summary>
    /// <param name="links">The certificate, and the CAs between it and the root.</param>
    /// <param name="now">The time.</param>
    public string? Problem(IReadOnlyList<CertificateLink> links, DateTimeOffset now)
    {
        if (_byIssuer.Count == 0) return null;
        if (Revoked(links) is { } revoked) return revoked;
        for (int i = 0; i < links.Count; i++)
        {
            if (!_byIssuer.TryGetValue(links[i].Issuer, out (RevocationList List, string File) known))
            {
                // That of a CA between is looked at where there is one.
                if (i == 0) return "`crl` has no list of its issuer, so that it is not known whether it is revoked";
            }
            else if (known.List.NextUpdate <= now)
            {
                return $"the revocation list in {known.File} ended on {Day(known.List.NextUpdate.Value)}, so that it is not known whether it is revoked";
            }
        }
        return null;
    }

    /// <summary>Says that a certificate, or a CA above it, is revoked; null when it is not, or that is not known.</summary>
    public string? Revoked(IReadOnlyList<CertificateLink> links)
    {
        for (int i = 0; i < links.Count; i++)
        {
            if (_byIssuer.TryGetValue(links[i].Issuer, out (RevocationList List, string File) known)
                && known.List.Revoked.TryGetValue(links[i].Serial, out RevocationReason reason))
                return $"{(i == 0 ? "it" : "a CA above it")} is revoked ({reason})";
        }
        return null;
    }

    /// <summary>What an operator should know about the lists: that one has ended, or ends soon.</summary>
    public IEnumerable<string> ProblemsAt(DateTimeOffset now)
    {
        foreach ((RevocationList list, string file) in _byIssuer.Values)
        {
            if (list.NextUpdate is not { } end) continue;
            TimeSpan soon = (end - list.ThisUpdate) / SoonPart;
            if (end <= now) yield return $"the revocation list in {file} ended on {Day(end)}: no certificate of its CA is taken";
            else if (end - now < (soon < Soon ? soon : Soon)) yield return $"the revocation list in {file} ends on {Day(end)}; renew it";
        }
    }

    private void Add(RevocationList list, X509Certificate2Collection cas, string file)
    {
        X509Certificate2[] named = [.. cas.Where(ca => ca.SubjectName.RawData.AsSpan().SequenceEqual(list.Issuer.Span))];
        if (named.Length == 0) throw PemFile.Unreadable($"the revocation list {file} is of a CA that is not in `ca`", null);
        string? problem = null;
        X509Certificate2? issuer = Array.Find(named, ca => (problem = RevocationSignature.Problem(list, ca)) is null);
        if (issuer is null) throw PemFile.Unreadable($"the revocation list {file} is not used: {problem}", null);
        if (!MaySign(issuer)) throw PemFile.Unreadable($"the revocation list {file} is not used: its CA may issue none (keyUsage has no cRLSign)", null);
        string id = CertificateLink.IdOf(issuer);
        if (!_byIssuer.TryGetValue(id, out (RevocationList List, string File) known) || known.List.ThisUpdate < list.ThisUpdate) _byIssuer[id] = (list, file);
    }

    private static bool MaySign(X509Certificate2 ca) =>
        ca.Extensions.OfType<X509KeyUsageExtension>().All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign));

    private static string Day(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
