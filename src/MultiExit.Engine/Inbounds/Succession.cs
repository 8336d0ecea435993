namespace MultiExit.Engine.Inbounds;

/// <summary>Which inbound is in an inbound's place now. All that were in one place share the answer, so that a connection of the first one keeps only the
/// newest in memory, and not each that was there in between with its configuration. Thread-safe, but for <see cref="ReplacedBy"/>.</summary>
/// <param name="owner">The inbound.</param>
internal sealed class Succession(IInbound owner)
{
    private volatile Place[] _places = [new()];
    private bool _isHeir;

    /// <summary>The inbound that has taken its place; null: none has.</summary>
    public InboundSuccessor? Next => _places[0].Newest is { } newest && newest.Inbound != owner ? newest : null;

    /// <summary>An inbound takes its place, and so that of all before it.</summary>
    /// <param name="successor">That inbound.</param>
    /// <param name="its">Its own succession.</param>
    public void ReplacedBy(InboundSuccessor successor, Succession its)
    {
        Place[] places = _places;
        foreach (Place place in places) place.Newest = successor;
        // It may take the places of several.
        its._places = its._isHeir ? [.. its._places.Union(places)] : places;
        its._isHeir = true;
    }

    private sealed class Place
    {
        private volatile InboundSuccessor? _newest;

        public InboundSuccessor? Newest
        {
            get => _newest;
            set => _newest = value;
        }
    }
}
