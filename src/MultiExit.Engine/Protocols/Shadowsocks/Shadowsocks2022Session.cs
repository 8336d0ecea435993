namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>What the datagrams of one direction of a session have in common (SIP022 section 3.2).</summary>
/// <param name="headerKey">The key of the separate header: the server's, that of identities where it has users.</param>
/// <param name="userHash">The hash of the user's key, for the identity header of a client; empty for none.</param>
/// <param name="cipher">The cipher of the session.</param>
/// <param name="id">The id of the session: of the sender.</param>
/// <param name="clientId">The id of the client's session, in the datagrams of a server; null in those of a client.</param>
internal readonly ref struct Shadowsocks2022Session(
    ReadOnlySpan<byte> headerKey, ReadOnlySpan<byte> userHash, ShadowsocksCipher cipher, ulong id, ulong? clientId)
{
    public ReadOnlySpan<byte> HeaderKey { get; } = headerKey;

    public ReadOnlySpan<byte> UserHash { get; } = userHash;

    public ShadowsocksCipher Cipher { get; } = cipher;

    public ulong Id { get; } = id;

    public ulong? ClientId { get; } = clientId;
}
