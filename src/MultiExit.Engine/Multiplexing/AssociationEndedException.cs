namespace MultiExit.Engine.Multiplexing;

/// <summary>The peer ended a UDP association in order, as opposed to a carrier that broke.</summary>
internal sealed class AssociationEndedException() : IOException("the peer ended the association");
