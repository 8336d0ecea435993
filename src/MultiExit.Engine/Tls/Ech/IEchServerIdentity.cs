namespace MultiExit.Engine.Tls.Ech;

/// <summary>A server's certificate and ECH keys in the form of its library. Lives until no object refers to it.</summary>
internal interface IEchServerIdentity
{
    /// <summary>Prepares the server side of one connection.</summary>
    /// <param name="key">The key for its client: one of the identity's keys.</param>
    EchEngine CreateServer(EchServerKey key);
}
