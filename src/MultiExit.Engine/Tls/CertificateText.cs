using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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

    /// <summary>Why its chain is not trusted.</summary>
    public static string ChainProblem(X509Certificate2 certificate, IEnumerable<X509ChainStatus> status)
    {
        string[] reasons = [.. status.Where(one => one.Status != X509ChainStatusFlags.NoError).Select(Reason).Distinct(StringComparer.Ordinal)];
        return $"its certificate is not trusted: {(reasons.Length == 0 ? "no reason is known" : string.Join(", ", reasons))}; "
            + $"it is for {Names(certificate)}, {Origin(certificate)}";
    }

    /// <summary>That it is not for the name.</summary>
    public static string NameProblem(X509Certificate2 certificate, string name) =>
        $"its certificate is for {Names(certificate)}, not for {name}; it is {Origin(certificate)}";

    private static string Reason(X509ChainStatus status) => status.Status switch
    {
        X509ChainStatusFlags.NotTimeValid => "it has expired or is not valid yet",
        X509ChainStatusFlags.UntrustedRoot => "its CA is not among those that are trusted",
        X509ChainStatusFlags.PartialChain => "no trusted CA is known that issued it, or the server does not send the certificates between",
        _ => Short($"{status.Status} ({status.StatusInformation.Trim()})"),
    };

    private static string Short(string text) => text.Length <= MostChars ? text : text[..MostChars] + "...";
}
