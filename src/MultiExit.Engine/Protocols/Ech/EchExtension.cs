namespace MultiExit.Engine.Protocols.Ech;

/// <summary>An extension of an ECHConfig (RFC 9849 section 4.2). None is defined yet that a client has to know.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Length">The length of its data in bytes.</param>
public readonly record struct EchExtension(ushort Type, int Length)
{
    /// <summary>Whether a client that does not know it must leave the config alone.</summary>
    public bool IsMandatory => (Type & EchWire.MandatoryBit) != 0;
}
