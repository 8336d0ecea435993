namespace MultiExit.Engine.Tls.Ech;

/// <summary>A server's certificate and ECH keys as its library has them. Lives until nobody refers to it.</summary>
internal interface IEchServerIdentity
{
    /// <summary>Prepares the server side of one connection.</summary>
    /// <param name="key">The key for its client: one of those the identity was made with.</param>
    EchEngine CreateServer(EchServerKey key);
}
