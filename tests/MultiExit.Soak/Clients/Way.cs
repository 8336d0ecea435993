namespace MultiExit.Soak.Clients;

/// <summary>In by one of the entrances, out by one of the exits.</summary>
internal sealed record Way(Entrance Entrance, ExitRoute Exit)
{
    public bool CarriesUdp => Exit.CarriesUdp && Entrance is Entrance.Socks5 or Entrance.MixedSocks5;

    public bool TellsEnds => Exit.TellsEnds && Entrance != Entrance.WebSocket;

    public bool IsForward => Entrance is Entrance.ForwardOut or Entrance.ForwardTunnel;

    public override string ToString() => $"{Entrance} > {Exit.Name}";
}
