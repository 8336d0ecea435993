namespace MultiExit.Engine.Multiplexing;

/// <summary>Hears of the carriers of one pool. Called under the pool's lock, and not by a pool that has been retired.</summary>
internal interface ICarrierWatch
{
    /// <summary>There is none, and one is being opened.</summary>
    void Opening();

    /// <summary>One was opened.</summary>
    void Opened();

    /// <summary>The last one has ended.</summary>
    /// <param name="reason">Why; null: in order.</param>
    void Lost(Exception? reason);

    /// <summary>One could not be opened, and there is none.</summary>
    /// <param name="reason">Why not.</param>
    void Failed(Exception reason);
}
