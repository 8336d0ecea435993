using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>What a certificate says of itself, for the sentence that refuses it. Its texts are the peer's.</summary>
internal static class CertificateText
{
    private const int MostNames = 5;
    private const int MostChars = 200;

    /// <summary>The names that it is for: <c>a.example, 192.0.2.1</c>.</summary>
    public static string Names(X509Certificate2 certificate)
    {
        List<string> names = [];
        try
        {
            foreach (X509SubjectAlternativeNameExtension alternatives in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
            {
                names.AddRange(alternatives.EnumerateDnsNames());
                names.AddRange(alternatives.EnumerateIPAddresses().Select(address => address.ToString()));
            }
        }
        catch (CryptographicException)
        {
            return "names that cannot be read";
        }
        if (names.Count == 0) return "no name";
        return Short(string.Join(", ", names.Take(MostNames))) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
    }

    /// <summary>Who issued it, and when it ends.</summary>
    public static string Origin(X509Certificate2 certificate)
    {
        string issuer = certificate.Issuer == certificate.Subject ? "itself" : Short(certificate.Issuer);
        return string.Create(CultureInfo.InvariantCulture, $"issued by {issuer}, ends {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
    }

    /// <summary>Which certificate it is, of a client that has no name to be known by: its subject, and what its CA knows it by.</summary>
    public static string Identify(X509Certificate2 certificate) =>
        $"it is {Short(certificate.Subject)}, serial {Short(SerialText.Of(certificate.SerialNumberBytes.Span))}, {Origin(certificate)}";

    /// <summary>Why its chain is not trusted.</summary>
    public static string ChainProblem(X509Certificate2 certificate, IEnumerable<X509ChainStatus> status) =>
        $"its certificate is not trusted: {ChainReasons(status)}; it is for {Names(certificate)}, {Origin(certificate)}";

    /// <summary>The reasons alone.</summary>
    public static string ChainReasons(IEnumerable<X509ChainStatus> status)
    {
        string[] reasons = [.. status.Where(one => one.Status != X509ChainStatusFlags.NoError).Select(Reason).Distinct(StringComparer.Ordinal)];
        return reasons.Length == 0 ? "no reason is known" : string.Join(", ", reasons);
    }

    /// <summary>That it is not for the name.</summary>
    public static string NameProblem(X509Certificate2 certificate, string name) =>
        $"its certificate is for {Names(certificate)}, not for {name}; it is {Origin(certificate)}";

    private static string Reason(X509ChainStatus status) => status.Status switch
    {
        X509ChainStatusFlags.NotTimeValid => "it has expired or is not valid yet",
        X509ChainStatusFlags.UntrustedRoot => "its CA is not among those that are trusted",
        X509ChainStatusFlags.PartialChain => "no trusted CA is known that issued it, or the peer does not send the certificates between",
        X509ChainStatusFlags.NotSignatureValid => "its signature is not that of its CA",
        X509ChainStatusFlags.NotValidForUsage => "it is not for this use (extendedKeyUsage)",
        _ => Short($"{status.Status} ({status.StatusInformation.Trim()})"),
    };

    private static string Short(string text) => text.Length <= MostChars ? text : text[..MostChars] + "...";
}
