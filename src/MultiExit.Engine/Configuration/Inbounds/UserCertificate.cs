using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A certificate that a user is known by.</summary>
/// <param name="Property">What it is known by: the key of the configuration is <c>subject</c>, <c>san</c> or <c>sha256</c>.</param>
/// <param name="Value">What that has to be, as the configuration says it.</param>
public sealed record UserCertificate(CertificateProperty Property, string Value)
{
    /// <summary>The value in a form in which it can be compared with a certificate's; null when it is not valid.</summary>
    internal string? Key => Property switch
    {
        CertificateProperty.Subject => DistinguishedNameText.Parse(Value)?.Canonical,
        CertificateProperty.AlternativeName => AlternativeName.Parse(Value)?.ToString(),
        CertificateProperty.Fingerprint => FingerprintText.Parse(Value),
        _ => null,
    };
}
