namespace MultiExit.Engine.DataPath;

/// <summary>What a request asks for.</summary>
internal enum Network : byte
{
    Tcp,
    Udp,
}
