namespace MultiExit.Engine.Protocols.Ech;

/// <summary>A private key and its published part.</summary>
/// <param name="PrivateKey">The X25519 key, 32 bytes. Secret.</param>
/// <param name="Configs">The configs that belong to it.</param>
internal readonly record struct EchPemPair(byte[] PrivateKey, EchConfigList Configs);
