namespace MultiExit.Fuzz;

/// <summary>Bounds what the thread allocates from where the meter is made on.</summary>
internal readonly ref struct Meter
{
    private readonly long _before = GC.GetAllocatedBytesForCurrentThread();

    public Meter()
    {
    }

    /// <summary>Checks the allocation against a bound that is linear in the input.</summary>
    /// <param name="length">The length of the input in bytes.</param>
    /// <param name="perByte">How many bytes a byte of it may cost.</param>
    /// <param name="atLeast">The cost of the shortest input, in bytes.</param>
    public void Check(int length, int perByte, int atLeast = 1024)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread() - _before;
        long bound = (long)length * perByte + atLeast;
        if (allocated > bound) throw new BoundExceededException($"{length} bytes made it allocate {allocated} bytes; the bound is {bound}");
    }
}
