using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>certificate</c> of a user.</summary>
internal static class UserCertificateBinder
{
    // So many devices has nobody, and a list of them is looked at as a whole.
    private const int MaxCount = 64;

    private static readonly string[] Keys = ["subject", "san", "sha256"];

    /// <summary>Reads it.</summary>
    public static UserCertificate[] Read(MapReader user)
    {
        if (user.Map("certificate", "certificate of a user") is not { } reader) return [];
        ReadContext context = reader.Context;
        string[] given = [.. Keys.Where(key => reader.Take(key) is not null)];
        reader.Finish();
        if (given.Length != 1)
        {
            context.Errors.Add(reader.Place, given.Length == 0
                ? "expected one of the keys subject, san and sha256"
                : $"`{given[0]}` and `{given[1]}`; expected one of the keys subject, san and sha256");
            return [];
        }
        CertificateProperty property = given[0] switch
        {
            "subject" => CertificateProperty.Subject,
            "san" => CertificateProperty.AlternativeName,
            _ => CertificateProperty.Fingerprint,
        };
        ConfigNode node = reader.Take(given[0])!;
        string expected = Expected(property);
        List<UserCertificate> certificates = [];
        IReadOnlyList<ConfigNode> items = context.Values.Values(node, $"{expected}, or a list of them that is not empty");
        if (items.Count > MaxCount) context.Errors.Add(node.Place, $"{items.Count} values; expected {MaxCount} at most");
        foreach (ConfigNode item in items.Take(MaxCount))
        {
            if (context.Values.Text(item, expected) is not { } text) continue;
            UserCertificate certificate = new(property, text);
            if (certificate.Key is null) context.Values.Expect(item, expected);
            else certificates.Add(certificate);
        }
        return [.. certificates];
    }

    private static string Expected(CertificateProperty property) => property switch
    {
        CertificateProperty.Subject => DistinguishedNameText.Expected,
        CertificateProperty.AlternativeName => AlternativeName.Expected,
        _ => FingerprintText.Expected,
    };
}
