namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>How much of the tree a search looks at (RFC 4511 section 4.5.1.2).</summary>
internal enum LdapScope
{
    /// <summary>The entry at the base alone.</summary>
    Base = 0,

    /// <summary>The base and all that is beneath it.</summary>
    Subtree = 2,
}
