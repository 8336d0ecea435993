namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>The operation of a message from the server, by its application tag (RFC 4511 section 4.2 and following). Others are possible and kept.</summary>
internal enum LdapResponseKind
{
    Bind = 1,
    Entry = 4,
    SearchDone = 5,
    Reference = 19,
    Extended = 24,
}
