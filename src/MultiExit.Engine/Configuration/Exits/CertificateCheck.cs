namespace MultiExit.Engine.Configuration.Exits;

/// <summary>How a server's certificate is checked.</summary>
public enum CertificateCheck
{
    /// <summary>Its chain must lead to a trusted CA and its name must be the server's.</summary>
    Chain,
    /// <summary>It must be the one whose SHA-256 is configured; chain, name and dates do not matter.</summary>
    Pin,
    /// <summary>Not at all: where something inside TLS proves who the server is (the key of a tunnel), or the operator asks for it.</summary>
    None,
}
