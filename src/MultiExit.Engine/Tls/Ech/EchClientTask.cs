namespace MultiExit.Engine.Tls.Ech;

/// <summary>The task of the client side of one connection.</summary>
/// <param name="InnerName">The name to hide.</param>
/// <param name="ConfigList">An ECHConfigList of exactly one config.</param>
/// <param name="CertificateProblem">Checks the server's certificates, the server's own first, DER. The first argument says whether
/// the server accepted ECH: if not, they must be for the public name. Null when nothing is wrong, otherwise what is wrong.</param>
internal sealed record EchClientTask(
    string InnerName, ReadOnlyMemory<byte> ConfigList, Func<bool, IReadOnlyList<byte[]>, string?> CertificateProblem);
