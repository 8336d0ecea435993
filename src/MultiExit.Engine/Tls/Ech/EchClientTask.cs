namespace MultiExit.Engine.Tls.Ech;

/// <summary>What the client side of one connection has to do.</summary>
/// <param name="InnerName">The name to hide.</param>
/// <param name="ConfigList">An ECHConfigList of exactly one config.</param>
/// <param name="CertificateProblem">Judges the server's certificates, the server's own first, DER. The first argument says whether
/// the server accepted ECH: if not, they must be for the public name. Null when all is well, else what is wrong.</param>
internal sealed record EchClientTask(
    string InnerName, ReadOnlyMemory<byte> ConfigList, Func<bool, IReadOnlyList<byte[]>, string?> CertificateProblem);
