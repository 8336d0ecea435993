using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Identity;

/// <summary>The users of an inbound by their certificates (docs/decisions/0092). Immutable.</summary>
internal sealed class CertificateTable
{
    // The most exact one first.
    private static readonly CertificateProperty[] Order =
        [CertificateProperty.Fingerprint, CertificateProperty.Subject, CertificateProperty.AlternativeName];

    private readonly Dictionary<(CertificateProperty Property, string Key), UserConfig> _owners = [];
    private readonly Dictionary<string, UserConfig> _byName = new(StringComparer.Ordinal);
    private readonly CertificateProperty? _userFrom;

    /// <param name="users">The users.</param>
    /// <param name="clients">The certificates that the inbound asks for; null: none, so that nobody is known by one.</param>
    public CertificateTable(IReadOnlyList<UserConfig> users, TlsClientsConfig? clients)
    {
        if (clients is null) return;
        _userFrom = clients.UserFrom;
        foreach (UserConfig user in users)
        {
            foreach (UserCertificate certificate in user.Certificates)
                if (certificate.Key is { } key) _owners.TryAdd((certificate.Property, key), user);
            // Whoever is to be known by one certificate is not known by a name that any CA of the inbound may write into another one.
            if (user.Certificates.Count == 0) _byName.TryAdd(user.Name, user);
        }
    }

    /// <summary>The users that a certificate belongs to, and by what: none, one, or several where its names are those of several.</summary>
    public (IReadOnlyList<UserConfig> Users, CertificateProperty Property) Find(ClientCertificate certificate)
    {
        foreach (CertificateProperty property in Order)
        {
            UserConfig[] owners = [.. KeysOf(certificate, property).Select(key => _owners.GetValueOrDefault((property, key))).OfType<UserConfig>().Distinct()];
            if (owners.Length > 0) return (owners, property);
        }
        return _userFrom is not { } from ? ([], default)
            : ([.. NamesOf(certificate, from).Select(name => _byName.GetValueOrDefault(name)).OfType<UserConfig>().Distinct()], from);
    }

    private static IEnumerable<string> KeysOf(ClientCertificate certificate, CertificateProperty property) => property switch
    {
        CertificateProperty.Fingerprint => [certificate.Fingerprint],
        CertificateProperty.Subject => certificate.Subject is { } subject ? [subject] : [],
        _ => certificate.Names.Select(name => name.ToString()),
    };

    private static IEnumerable<string> NamesOf(ClientCertificate certificate, CertificateProperty property) => property switch
    {
        CertificateProperty.CommonName => certificate.CommonName is { } name ? [name] : [],
        CertificateProperty.AlternativeName => certificate.Names.Select(name => name.Text),
        _ => [certificate.Fingerprint.ToLowerInvariant()],
    };
}
