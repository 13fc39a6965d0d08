namespace Sluice.Grains;

/// <summary>What membership says of silos by their addresses with generations, as workers are called.</summary>
internal static class MembershipExtensions
{
    extension(ISiloStatusOracle membership)
    {
        /// <summary>What a silo is called, also one that is gone; its address when nobody knows any more.</summary>
        public string NameOf(string silo) =>
            membership.TryGetSiloName(SiloAddress.FromParsableString(silo), out string name) ? name : silo;

        /// <summary>Whether a silo is gone for good: its address has its generation, so it never comes back.</summary>
        public bool IsDead(string silo) =>
            membership.GetApproximateSiloStatus(SiloAddress.FromParsableString(silo))
                is SiloStatus.Dead or SiloStatus.None;
    }
}
