namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>Why a certificate was revoked (RFC 5280 section 5.3.1).</summary>
internal enum RevocationReason : byte
{
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10,
}
