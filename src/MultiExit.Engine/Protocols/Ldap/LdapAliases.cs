namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>What a search makes of entries that stand for others (RFC 4511 section 4.5.1.3).</summary>
internal enum LdapAliases
{
    Followed = 3,
}
