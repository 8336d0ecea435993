namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>A message from the server.</summary>
/// <param name="Id">The request that it answers; 0: none, the server ends the connection.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Result">How the operation ended, with the server's words; null in an entry or a reference.</param>
/// <param name="Entry">The entry that was found; null in others.</param>
internal sealed record LdapResponse(int Id, LdapResponseKind Kind, (LdapResultCode Code, string Text)? Result, LdapEntry? Entry);
