namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>An entry that a search found.</summary>
/// <param name="Dn">Its name.</param>
/// <param name="Attributes">What of it was asked for, by the attribute's name in lower case.</param>
internal sealed record LdapEntry(string Dn, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes);
