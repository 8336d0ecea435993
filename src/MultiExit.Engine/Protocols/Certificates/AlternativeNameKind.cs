namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>The kinds of names of a certificate's subject that are understood; the values are the tags of RFC 5280 section 4.2.1.6.</summary>
internal enum AlternativeNameKind : byte
{
    Email = 1,
    Dns = 2,
    Uri = 6,
    Address = 7,
}
